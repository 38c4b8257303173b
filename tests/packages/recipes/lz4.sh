# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=lz4
programs='programs/lz4 tests/frametest tests/fuzzer'
built='the library and its program'

build() {
    make -j"$jobs" -C lib CC="$CC" AR="$AR" CFLAGS="$cflags" BUILD_SHARED=no liblz4.a
    make -j"$jobs" -C programs CC="$CC" AR="$AR" CFLAGS="$cflags" lz4
    make -j"$jobs" -C tests CC="$CC" AR="$AR" CFLAGS="$cflags" frametest fuzzer
}

check() {
    for level in 1 6 12; do
        run lz4 -c -$level "$text" >text.$level.lz4
        run lz4 -c -$level -BD --content-size "$mixed" >mixed.$level.lz4
        run lz4 -dc text.$level.lz4 | cmp - "$text"
        run lz4 -dc mixed.$level.lz4 | cmp - "$mixed"
    done
    run lz4 -t text.1.lz4
    # The package's own tests, a short run of each. They print how far they are whenever some time has gone, and where they found memory.
    own frametest run frametest -s1 -i20 | sed 's/.*\r//'
    own fuzzer run fuzzer -s1 -i5 | sed -e 's/.*\r//' -e '/low buffer at address/d'
}
