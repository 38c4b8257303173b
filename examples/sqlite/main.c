// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * sqlite FOLDER: a database in that folder, by sqlite in a box that has no files: it calls the host
 * for each, and the host gives it those of one folder. So SQL that names other files is an error,
 * whoever wrote it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "folder.h"
#include "sqlbox.h"

/* A box without threads: the callbacks need no lock. */
const struct lfi_library_options *sqlbox_options(void)
{
    static const struct lfi_linux_options linux_options = {.limits = {.threads = 1}};
    static const struct lfi_library_options options = {.linux_options = &linux_options,
                                                       .one_thread = true};
    return &options;
}

static void print(const char *what, const char *text, size_t size, size_t room)
{
    printf("%s%.*s\n", what, (int)(size < room ? size : room), text); /* the size is the box's */
}

static void run(sqlite3 *database, const char *sql)
{
    char text[200] = {0};
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        print("error: ", text, error_text(database, text, sizeof text), sizeof text);
}

static void ask(sqlite3 *database, const char *sql)
{
    char text[200] = {0};
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        print("error: ", text, error_text(database, text, sizeof text), sizeof text);
        return;
    }
    for (int rows = 0; rows < 100 && sqlite3_step(statement) == SQLITE_ROW; rows++)
        print("", text, column_text(statement, 0, text, sizeof text), sizeof text);
    sqlite3_finalize(statement);
}

static void fill(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    run(database, "BEGIN");
    if (sqlite3_prepare_v2(database, "INSERT INTO note (text) VALUES (?)", -1, &statement, NULL))
        return;
    for (int i = 0; i < 1000; i++) {
        char text[40];
        int size = snprintf(text, sizeof text, "note number %d", i);
        if (bind_text(statement, 1, text, (size_t)size) || sqlite3_step(statement) != SQLITE_DONE)
            puts("error: not inserted");
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    run(database, "COMMIT");
}

int main(int argc, char **argv)
{
    struct folder folder;
    sqlite3 *database = NULL;
    if (argc != 2 || !folder_open(&folder, argv[1])) {
        fputs("sqlite: say which folder\n", stderr);
        return 2;
    }
    struct files files = folder_files(&folder);
    files_set(&files);

    if (sqlite3_open("notes.db", &database))
        return 1;
    run(database, "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    run(database, "CREATE INDEX note_by_text ON note (text)");
    fill(database);
    run(database, "BEGIN; DELETE FROM note; ROLLBACK"); /* by the journal, a second file */
    sqlite3_close(database);

    if (sqlite3_open("notes.db", &database))
        return 1;
    ask(database, "SELECT count(*) || ' notes, the last: ' || max(text) FROM note");
    ask(database, "SELECT text FROM note WHERE text LIKE '%77' ORDER BY text LIMIT 3");
    run(database, "DELETE FROM note WHERE id % 3 = 0; VACUUM");
    ask(database, "PRAGMA integrity_check");
    ask(database, "SELECT count(*) || ' notes remain' FROM note");
    ask(database, "SELECT text FROM missing");

    /* What SQL must not reach. */
    run(database, "ATTACH '/proc/self/maps' AS a");
    run(database, "ATTACH '../outside.db' AS a");
    run(database, "VACUUM INTO '../copy.db'");
    if (symlinkat("../outside.db", folder.fd, "link.db") == 0)
        run(database, "ATTACH 'link.db' AS a");
    sqlite3_close(database);

    /* A file that is no database. */
    int fd = openat(folder.fd, "broken.db", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, argv[0], strlen(argv[0])) < 0 || close(fd) ||
        sqlite3_open("broken.db", &database))
        return 1;
    ask(database, "SELECT * FROM sqlite_schema");
    sqlite3_close(database);
    folder_close(&folder);
    return 0;
}
