# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With its assembly, all files of it. What asks the processor for more than a box has (XOP) becomes traps.
source=openssl
programs='test/evp_test test/bntest test/ectest test/rsa_test test/aesgcmtest test/chacha_internal_test
    test/poly1305_internal_test test/sanitytest'
built='libcrypto with its assembly for x86-64, all 31 files'
without='those that start processes or need sockets; code for XOP'

build() {
    traps=''
    [ -z "$runner" ] || traps=-Wa,--trap-unsupported
    perl ./Configure "linux-${triple%%-*}" no-shared no-dso no-module no-engine no-async $cflags $traps
    make -j"$jobs" build_generated
    make -j"$jobs" libcrypto.a $programs
    [ "$(find . -name "*-${triple%%-*}*.s" | wc -l)" -ge 20 ] || { echo "it was built without assembly" && false; }
}

check() {
    cd "$tree/test/recipes/30-test_evp_data" || return
    for data in evp*.txt; do
        own "$data" run evp_test "$data" # ciphers, digests, MACs, keys
    done
    cd ../10-test_bn_data || return
    for data in *.txt; do
        own "$data" run bntest "$data"
    done
    for program in bntest ectest rsa_test aesgcmtest chacha_internal_test poly1305_internal_test sanitytest; do
        own $program run $program
    done
}
