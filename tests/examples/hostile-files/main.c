// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * hostile-files FOLDER: the host's files of examples/sqlite against a box that asks for others:
 * those of the folder's neighbours, never one of the machine, since it also writes and deletes.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "hostilebox.h"

static const char secret[] = "word of outside";

static int fail(const char *what)
{
    printf("hostile-files: %s\n", what);
    return 1;
}

static int open_files(void)
{
    int count = 0;
    DIR *all = opendir("/proc/self/fd");
    while (all && readdir(all))
        count++;
    closedir(all);
    return count;
}

/* Still as it was written. */
static int is_whole(const char *path)
{
    char bytes[64] = {0};
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    return size == strlen(secret) && memcmp(bytes, secret, size) == 0;
}

static int put(const char *path)
{
    FILE *file = fopen(path, "w");
    return !file || fputs(secret, file) < 0 || fclose(file);
}

int main(int argc, char **argv)
{
    struct folder folder;
    struct lfi_error why;
    struct hostilebox *box;
    static const struct lfi_library_options options = {.one_thread = true};
    if (argc != 2 || chdir(argv[1]) || mkdir("inside", 0700) || mkdir("inside/sub", 0700) ||
        put("secret") || put("inside/sub/file") || put("inside/.hidden") ||
        symlink("../secret", "inside/link") || symlink("..", "inside/link-up") ||
        mkfifo("inside/fifo", 0600))
        return fail("no folder");
    if (hostilebox_open(&box, &options, &why))
        return fail(why.message);
    char outside[4096];
    if (!realpath("secret", outside))
        return fail("secret");
    int before = open_files();
    if (!folder_open(&folder, "inside"))
        return fail("inside");
    struct files files = folder_files(&folder);
    hostilebox_files_set(box, &files);
    if (hostilebox_status())
        return fail("files_set");

    int won = 0, done = 0, ended = 0;
    for (int n = 0;; n++) {
        int result = hostilebox_attack(box, n, outside);
        if (hostilebox_status())
            ended++;
        else if (result < 0)
            break;
        else if (result > 0)
            printf("attack %d: %d times\n", n, result), won++;
        done++;
        if (lfi_library_broken(hostilebox_library(box)))
            return fail("the box failed");
    }
    folder_close(&folder);
    if (!is_whole("secret") || !is_whole("inside/sub/file") || !is_whole("inside/.hidden"))
        return fail("a file has changed");
    struct stat is;
    if (lstat("inside/link", &is) || lstat("inside/fifo", &is))
        return fail("a name is gone");
    if (open_files() != before)
        return fail("files remain open");
    hostilebox_free(box);
    printf("%d attacks, %d of them refused by the binding, %d won\n", done, ended, won);
    return won != 0;
}
