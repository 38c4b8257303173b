# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=libsodium
programs='' # its tests, which make runs
built='the library, with code for SSE, AES-NI, AVX2 and AVX-512 chosen at run time'
[ "${triple%%-*}" = x86_64 ] || built='the library'
counts='s/.*:test-result: PASS$/1/p'

build() {
    autoreconf -i
    ./configure -q --host="$triple" --disable-shared CC="$CC" AR="$AR" RANLIB="$RANLIB" NM="$sdk/bin/llvm-nm" CFLAGS="$cflags -w"
    make -j"$jobs"
    [ "${triple%%-*}" != x86_64 ] || "$sdk/bin/llvm-nm" src/libsodium/.libs/libsodium.a | grep fill_segment_avx512f
}

check() {
    # The package's own tests.
    make -C "$tree/test/default" -j"$jobs" check LOG_COMPILER="$runner" >../libsodium.make || {
        cat "$tree/test/default/test-suite.log" >&2
        false
    }
    (cd "$tree/test/default" && grep ':test-result:' ./*.trs)
}
