# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=lmdb
own_tests='mtest mtest2 mtest3 mtest4 mtest5'
programs="$(printf 'libraries/liblmdb/%s ' $own_tests mdb_stat mdb_dump mdb_load)"
built='the library, C'
robust=1
[ "${triple%%-*}" = x86_64 ] || built="$built, without robust mutexes, which the emulator does not have" robust=0
without='`mtest6`, which its own `make test` leaves out, too'

build() {
    cd libraries/liblmdb || return
    # Its tests take their random numbers from the time.
    printf '#include <stdlib.h>\n#define srand(seed) srand(1)\n' >seed.h
    make -j"$jobs" CC="$CC" AR="$AR" OPT="$cflags" XCFLAGS="-w -include seed.h -DMDB_USE_ROBUST=$robust" $own_tests mdb_stat mdb_dump mdb_load
}

check() {
    # The package's own tests; they print addresses.
    for test in $own_tests; do
        rm -rf testdb
        mkdir testdb
        own $test run $test 2>&1 | sed 's/0x[0-9a-f]*/ADDRESS/g'
    done
    run mdb_stat -a testdb
    # The whole database, out and in again.
    run mdb_dump -a testdb | sed '/^mapaddr=/d' >dump
    mkdir again
    run mdb_load -f dump again
    run mdb_dump -a again | sed '/^mapaddr=/d' | cmp - dump
    rm -r testdb again
}
