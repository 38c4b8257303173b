# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=sqlite
programs='sqlite3'
built='the library and its shell'
counts='' # they need Tcl in the box
without='all, which need Tcl in the box; a script of ours'

build() {
    ./configure --host="$triple" --disable-shared --disable-tcl --disable-readline --disable-load-extension \
        CC="$CC" AR="$AR" RANLIB="$RANLIB" BUILD_CC=cc CFLAGS="$cflags"
    make -j"$jobs" sqlite3
}

check() {
    # The script ends with mistakes on purpose, so the status is 1.
    run sqlite3 script.db <"$here/input/script.sql" || [ $? = 1 ]
    cksum script.db
    run sqlite3 script.db 'PRAGMA integrity_check; SELECT count(*) FROM item;'
}
