# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# SQLite's own benchmark, with the library as SQLite's build makes it from its sources.
source=sqlite
needs=sqlite
programs='speedtest1'

build() {
    objects -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -I../sqlite -- ../sqlite/sqlite3.c test/speedtest1.c
    $CC -o speedtest1 ../sqlite/sqlite3.c.o test/speedtest1.c.o -lm
}
