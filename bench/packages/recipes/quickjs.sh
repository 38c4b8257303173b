# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=quickjs
programs='qjs'

build() {
    library='quickjs.c dtoa.c libregexp.c libunicode.c cutils.c quickjs-libc.c'
    # The interactive mode is JavaScript, which a program of the build machine translates to C.
    cc -O1 -w -D_GNU_SOURCE -DCONFIG_VERSION="\"$(cat VERSION)\"" -DCONFIG_CC='"cc"' -DCONFIG_PREFIX='"/usr"' \
        -o qjsc qjsc.c $library -lm -ldl -lpthread
    ./qjsc -s -c -o repl.c -m repl.js
    objects -D_GNU_SOURCE -DCONFIG_VERSION="\"$(cat VERSION)\"" -- qjs.c repl.c $library
    $CC -o qjs *.o -lm -lpthread
}
