// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void list(const char *path)
{
    char names[10][64];
    int n = 0;
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) && n < 10;)
        if (e->d_name[0] != '.')
            snprintf(names[n++], 64, "%s", e->d_name);
    if (d)
        closedir(d);
    qsort(names, (size_t)n, 64, by_name);
    for (int i = 0; i < n; i++)
        printf("%s ", names[i]);
    puts("");
}

int main(void)
{
    char folder[] = "file-io-XXXXXX", text[100];
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    FILE *f = fopen("one", "w");
    for (int i = 0; i < 1000; i++)
        fprintf(f, "line %d\n", i);
    fclose(f);
    f = fopen("one", "r");
    fseek(f, -9, SEEK_END);
    fgets(text, sizeof text, f);
    long end = ftell(f);
    fclose(f);
    printf("%ld %s", end, text);

    int fd = open("two", O_RDWR | O_CREAT | O_EXCL, 0640);
    printf("%d %d\n", fd >= 0, open("two", O_RDWR | O_CREAT | O_EXCL, 0640) < 0 && errno == EEXIST);
    printf("%zd %zd\n", write(fd, "hello, file", 11), pwrite(fd, "HELLO", 5, 0));
    lseek(fd, 7, SEEK_SET);
    ssize_t n = read(fd, text, 4);
    printf("%.*s\n", (int)n, text);
    ftruncate(fd, 8192);
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("%.5s %d\n", map, map[8191]);
    map[4096] = 'x';
    munmap(map, 8192);
    pread(fd, text, 1, 4096);
    struct stat st;
    fstat(fd, &st);
    printf("%c %ld %o\n", text[0], (long)st.st_size, st.st_mode & 0777);
    close(fd);

    printf("%d %d %d\n", rename("two", "three"), mkdir("folder", 0755), symlink("three", "link"));
    n = readlink("link", text, sizeof text);
    printf("%.*s\n", (int)n, text);
    list(".");
    printf("%d %s\n", access("two", F_OK), strerror(errno));
    printf("%d %d %d %d\n", unlink("one"), unlink("link"), unlink("three"), rmdir("folder"));
    list(".");
    chdir("..");
    printf("%d\n", rmdir(folder));
}
