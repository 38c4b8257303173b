# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=lua
programs='src/lua src/luac'
built='the interpreter and compiler'
counts='' # the archive has none
without='the archive has none; scripts of ours'

build() {
    make -j"$jobs" -C src posix CC="$CC -std=gnu99" AR="$AR rcu" RANLIB="$RANLIB" \
        CFLAGS="$cflags -Wall -Wextra -DLUA_COMPAT_5_3 -DLUA_USE_POSIX"
}

check() {
    run lua -v
    run lua -e 'print(_VERSION, 7//2, 1/0, 0x7fffffffffffffff + 1, 1e15, 2^0.5)'
    for script in "$here"/input/*.lua; do
        run lua "$script"
    done
    run luac -o bytecode "$here/input/objects.lua"
    run lua bytecode
    # An error is a message and a status, not a crash.
    if run lua -e 'error("wanted")'; then false; fi
}
