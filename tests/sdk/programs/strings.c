// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

int main(void)
{
    char text[200] = "The quick brown fox";
    strcat(text, " jumps over the lazy dog");
    printf("%zu %s\n", strlen(text), strstr(text, "lazy"));
    printf("%s %s %d\n", strchr(text, 'q'), strrchr(text, 'o'), strcmp("abc", "abd") < 0);
    printf("%zu %zu %d\n", strspn("aabbc", "ab"), strcspn("hello world", " "),
           strncasecmp("HELLO", "help", 3));
    char *save, list[] = "a,b;;c,d";
    for (char *t = strtok_r(list, ",;", &save); t; t = strtok_r(NULL, ",;", &save))
        printf("[%s]", t);
    puts("");
    char *end;
    printf("%ld %lx %lo %s\n", strtol("-123abc", &end, 10), strtoul("ff", NULL, 16),
           strtol("777", NULL, 8), end);
    errno = 0;
    printf("%ld %d %g %g\n", strtol("99999999999999999999", NULL, 10), errno == ERANGE,
           strtod("1e-3", NULL), atof("2.5e10"));
    char *copy = strdup(text);
    for (char *p = copy; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    printf("%s %d\n", copy, memchr(copy, (int)'z', strlen(copy)) == NULL);
    free(copy);
    int a, b;
    char word[20];
    float f;
    int n = sscanf("12 0x1f word 3.5", "%d %x %19s %f", &a, (unsigned *)&b, word, &f);
    printf("%d: %d %d %s %.1f\n", n, a, b, word, f);
    printf("%s %s\n", strerror(ENOENT), strpbrk("keyword=value", "=:"));
    wchar_t wide[20];
    printf("%zu %d\n", mbstowcs(wide, "wide", 20), (int)wcslen(L"four"));
    /* Lengths around the steps of vectorized versions. */
    int wrong = 0;
    for (int size = 0; size < 200; size++) {
        for (int shift = 0; shift < 33; shift++) {
            static char room[300], other[300];
            memset(room, 'x', sizeof room);
            room[shift + size] = '\0';
            memcpy(other, room + shift, (size_t)size + 1);
            wrong += strlen(room + shift) != (size_t)size || strcmp(other, room + shift) != 0 ||
                     strchr(room + shift, '\0') != room + shift + size ||
                     memchr(room + shift, 0, 250) != room + shift + size;
        }
    }
    printf("%d wrong\n", wrong);
}
