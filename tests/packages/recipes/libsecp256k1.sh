# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=libsecp256k1
programs='tests exhaustive_tests ecdsa_example ecdh_example schnorr_example'
built='the library, all modules'
[ "${triple%%-*}" != x86_64 ] || built="$built, with its assembly (inline)"

build() {
    autoreconf -i
    ./configure --host="$triple" --disable-shared --enable-examples --enable-module-recovery CC="$CC" AR="$AR" RANLIB="$RANLIB" \
        CFLAGS="$cflags" | tee configured
    [ "${triple%%-*}" != x86_64 ] || grep 'asm *= *x86_64' configured
    make -j"$jobs" $programs
}

check() {
    # The package's own tests, with a fraction of their repetitions; the examples make random keys.
    own tests run tests 1 0123456789abcdef
    own exhaustive_tests run exhaustive_tests 1 0123456789abcdef
    for example in ecdsa ecdh schnorr; do
        own $example run ${example}_example | grep -v ': 0x'
    done
}
