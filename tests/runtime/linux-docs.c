// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* docs/system-calls.md lists exactly the calls of the table. Argument: the document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "linux/process.h"

static const char *document;

/* Of every architecture. */
static const char *const names[] = {
#define CALL(x86_64, generic, name, handler, light, ...) #name,
#include "linux/syscalls.def"
#undef CALL
};
enum { NAMES = sizeof names / sizeof *names };

/* Marks the calls that the rows of the document's table name; fails on an unknown name. */
static void read_document(bool listed[NAMES])
{
    char line[4096];
    FILE *file = fopen(document, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        char *calls = line[0] == '|' ? strstr(line, ".c` | ") : NULL;
        if (!calls)
            continue;
        strtok(calls + 4, "`");
        for (char *name = strtok(NULL, "`"); name; name = strtok(NULL, "`")) {
            if (name[0] == ',' || name[0] == ' ' || name[0] == '|')
                continue;
            bool found = false;
            for (int i = 0; i < NAMES; i++) {
                if (!strcmp(names[i], name))
                    found = listed[i] = true;
            }
            if (!found)
                fail_msg("%s is documented, but not in the table", name);
        }
    }
    fclose(file);
}

static void the_document_lists_the_table(void **state)
{
    bool listed[NAMES] = {false};
    int count = 0;
    (void)state;
    read_document(listed);
    for (int i = 0; i < NAMES; i++) {
        if (!listed[i])
            fail_msg("%s is in the table, but not documented", names[i]);
        count += listed[i];
    }
    assert_true(count > 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_document_lists_the_table)};
    if (argc != 2)
        return 2;
    document = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
