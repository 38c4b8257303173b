# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=quickjs
programs='qjs'
built='the interpreter, C'
without='`test_std` starts processes, `test_bjson` loads a shared object'

build() {
    library='quickjs.c dtoa.c libregexp.c libunicode.c cutils.c quickjs-libc.c'
    # The interactive mode is JavaScript, which a program of the build machine translates to C.
    cc -O1 -w -D_GNU_SOURCE -DCONFIG_VERSION="\"$(cat VERSION)\"" -DCONFIG_CC='"cc"' -DCONFIG_PREFIX='"/usr"' \
        -o qjsc qjsc.c $library -lm -ldl -lpthread
    ./qjsc -s -c -o repl.c -m repl.js
    objects -D_GNU_SOURCE -DCONFIG_VERSION="\"$(cat VERSION)\"" -DUSE_WORKER -- qjs.c repl.c $library
    $CC -o qjs ./*.o -lm -lpthread
}

check() {
    # The package's own tests, as its `make test` runs them.
    cd "$tree" || exit
    for test in closure language builtin loop bigint worker cyclic_import; do
        own test_$test run qjs --std tests/test_$test.js
    done
}
