// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

/* The library's, not what the compiler makes of them. */
static void *(*volatile copy_to)(void *, const void *, size_t) = memcpy;
static void *(*volatile move_to)(void *, const void *, size_t) = memmove;

/* Copies of all lengths that the steps of the loops make differ, and nothing beside them. */
static int wrong_copies(void)
{
    static const unsigned shifts[] = {0, 1, 7, 8, 15, 16};
    static unsigned char from[512], to[512], wanted[512];
    int wrong = 0;
    for (unsigned i = 0; i < sizeof from; i++)
        from[i] = (unsigned char)(i * 7 + i / 256);
    for (unsigned size = 0; size < 350; size++) {
        for (unsigned k = 0; k < 36; k++) {
            unsigned a = shifts[k / 6], b = 32 + shifts[k % 6];
            memset(to, 0xee, sizeof to);
            memset(wanted, 0xee, sizeof wanted);
            for (unsigned i = 0; i < size; i++)
                wanted[b + i] = from[a + i];
            wrong += copy_to(to + b, from + a, size) != to + b;
            wrong += memcmp(to, wanted, sizeof to) != 0;
            /* Over itself, up and down. */
            copy_to(to, from, sizeof to);
            copy_to(wanted, from, sizeof wanted);
            for (unsigned i = 0; i < size; i++)
                wanted[b + i] = from[b - a + i];
            move_to(to + b, to + b - a, size);
            wrong += memcmp(to, wanted, sizeof to) != 0;
            copy_to(to, from, sizeof to);
            copy_to(wanted, from, sizeof wanted);
            for (unsigned i = 0; i < size; i++)
                wanted[b - a + i] = from[b + i];
            move_to(to + b - a, to + b, size);
            wrong += memcmp(to, wanted, sizeof to) != 0;
        }
    }
    return wrong;
}

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
    printf("%d wrong copies\n", wrong_copies());
}
