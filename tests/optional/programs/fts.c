// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks through a tree that the program makes: in each order, along links, with a cycle, skipping,
// and deeper than a path may be long.
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kinds[] = {
    [FTS_D] = "D",     [FTS_DC] = "DC",     [FTS_DEFAULT] = "DEFAULT", [FTS_DNR] = "DNR",
    [FTS_DOT] = "DOT", [FTS_DP] = "DP",     [FTS_ERR] = "ERR",         [FTS_F] = "F",
    [FTS_NS] = "NS",   [FTS_NSOK] = "NSOK", [FTS_SL] = "SL",           [FTS_SLNONE] = "SLNONE",
};

static int failures;

static void check(int good, const char *what)
{
    if (!good) {
        printf("%s: %s\n", what, strerror(errno));
        failures++;
    }
}

static void make_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    check(file && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void walk(const char *title, int options, const char *skip, char *const *roots)
{
    printf("%s\n", title);
    FTS *fts = fts_open(roots, options, by_name);
    check(fts != NULL, "fts_open");
    for (FTSENT *entry; fts && (entry = fts_read(fts));) {
        printf("  %-6s %d %s", kinds[entry->fts_info], entry->fts_level, entry->fts_path);
        if (entry->fts_info == FTS_F && !(options & FTS_NOSTAT)) {
            // fts_accpath leads there from the folder that fts has gone to.
            struct stat status;
            check(stat(entry->fts_accpath, &status) == 0 &&
                      status.st_ino == entry->fts_statp->st_ino,
                  "accpath");
            printf(" (%d bytes)", (int)entry->fts_statp->st_size);
        }
        if (entry->fts_info == FTS_DC) {
            printf(" -> %s", entry->fts_cycle->fts_name);
        }
        printf("\n");
        if (entry->fts_info == FTS_D && skip && strcmp(entry->fts_name, skip) == 0) {
            check(fts_set(fts, entry, FTS_SKIP) == 0, "fts_set");
        }
        if (entry->fts_info == FTS_D && entry->fts_level == 0) {
            for (FTSENT *child = fts_children(fts, 0); child; child = child->fts_link) {
                printf("  child %s\n", child->fts_name);
            }
        }
    }
    check(errno == 0, "fts_read");
    check(fts_close(fts) == 0, "fts_close");
}

// Folders in each other with names of 100 bytes: longer than PATH_MAX, but where an emulator
// cannot.
static void walk_deep(void)
{
    enum { DEPTH = 60, SURE = 38 };
    char name[101] = "";
    memset(name, 'd', 100);
    int home = open(".", O_RDONLY | O_DIRECTORY);
    check(mkdir("deep", 0777) == 0 && chdir("deep") == 0, "deep");
    int made = 0;
    while (made < DEPTH && mkdir(name, 0777) == 0 && chdir(name) == 0) {
        made++;
    }
    if (made < DEPTH && made >= SURE && errno == ENAMETOOLONG) {
        rmdir(name);
    } else {
        check(made == DEPTH, name);
    }
    check(fchdir(home) == 0, "fchdir");
    size_t longest = 0;
    int folders = 0;
    FTS *fts = fts_open((char *const[]){"deep", NULL}, FTS_PHYSICAL, NULL);
    for (FTSENT *entry; (entry = fts_read(fts));) {
        longest = entry->fts_pathlen > longest ? entry->fts_pathlen : longest;
        folders += entry->fts_info == FTS_DP;
        if (entry->fts_info == FTS_DP) {
            check(rmdir(entry->fts_accpath) == 0, "rmdir");
        }
    }
    check(fts_close(fts) == 0, "fts_close");
    struct stat status;
    printf("deep: %s, %s\n",
           folders == made + 1 && longest == strlen("deep") + 101U * (unsigned)made ? "all folders"
                                                                                    : "not all",
           stat("deep", &status) == 0 ? "still there" : "removed on the way");
}

int main(void)
{
    mkdir("tree", 0777);
    mkdir("tree/a", 0777);
    mkdir("tree/a/empty", 0777);
    mkdir("tree/b", 0777);
    make_file("tree/a/one", "1");
    make_file("tree/b/two", "22");
    make_file("tree/three", "333");
    check(symlink("..", "tree/b/up") == 0 && symlink("nowhere", "tree/dangling") == 0 &&
              symlink("three", "tree/link") == 0,
          "symlink");
    char *roots[] = {"tree", "missing", NULL};
    char *link_roots[] = {"tree/link", "tree/b/up", NULL};
    walk("physical", FTS_PHYSICAL, NULL, roots);
    walk("logical", FTS_LOGICAL, NULL, roots);
    walk("without chdir, without a", FTS_PHYSICAL | FTS_NOCHDIR, "a", roots);
    walk("without stat", FTS_PHYSICAL | FTS_NOSTAT, NULL, roots);
    walk("dots", FTS_PHYSICAL | FTS_SEEDOT, "b", roots);
    walk("links of the command line", FTS_PHYSICAL | FTS_COMFOLLOW | FTS_XDEV, NULL, link_roots);
    walk_deep();
    errno = 0;
    FTS *wrong = fts_open(roots, 0x8000, NULL);
    printf("unknown option: %s\n", wrong ? "taken" : strerror(errno));
    return failures != 0;
}
