# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# With its assembly, on x86-64 all files of it, and the program `openssl`. What asks the processor for more than a box has (XOP)
# becomes traps. Its generators write for AVX-512 (ChaCha20, Poly1305) only if they see GNU's assembler, so two of them
# are told that this one knows it, too.
source=openssl
tests='bntest bn_internal_test exptest ectest ec_internal_test ecdsatest rsa_test sha_test aesgcmtest modes_internal_test
    chacha_internal_test poly1305_internal_test sanitytest'
programs="test/evp_test $(printf 'test/%s ' $tests) apps/openssl"
built='the libraries with their assembly for x86-64, all 31 files, and the program'
without='those that start processes or need sockets; code for XOP'
least=20
if [ "${triple%%-*}" = aarch64 ]; then
    built='the libraries with their assembly for AES, GCM and Poly1305, 6 of 13 files, and the program'
    without='those that start processes or need sockets; the 7 files for ChaCha20, SHA, Keccak, big numbers and P-256, which need x25 to x28'
    least=6
fi

build() {
    traps=''
    [ -z "$runner" ] || [ "${triple%%-*}" != x86_64 ] || traps=-Wa,--trap-unsupported
    # C instead of files that keep data in registers of the sandbox.
    sed -i -E '/^ *[$](SHA1|KECCAK1600|CHACHA|BN|EC)(ASM|DEF)_aarch64=/d' crypto/{sha,chacha,bn,ec}/build.info
    sed -i 's/\$avx = (\$2>=3.0) + (\$2>3.0);/$avx = 4;/' crypto/chacha/asm/chacha-x86_64.pl crypto/poly1305/asm/poly1305-x86_64.pl
    perl ./Configure "linux-${triple%%-*}" no-shared no-dso no-module no-engine no-async $cflags $traps
    make -j"$jobs" build_generated
    make -j"$jobs" libcrypto.a $programs
    [ "${triple%%-*}" != x86_64 ] || grep -l zmm crypto/chacha/chacha-x86_64.s crypto/poly1305/poly1305-x86_64.s
    [ "$(find crypto -name "*-${triple%%-*}*.s" -o -name '*arm*.o' ! -name '*armcap*' | wc -l)" -ge $least ] || { echo "it was built without assembly" && false; }
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
    for test in $tests; do
        own $test run $test
    done
}
