# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# crc32_iscsi_01 adds the distance between its code and its table to an address, which only works where both
# are in one section; crc32_iscsi_00, which does the same work, takes its place.
source=isa-l
tests='crc16_t10dif_test crc16_t10dif_copy_test crc32_funcs_test crc64_funcs_test gf_vect_mul_test erasure_code_test
    gf_inverse_test erasure_code_update_test xor_gen_test pq_gen_test xor_check_test pq_check_test igzip_rand_test
    igzip_wrapper_hdr_test checksum32_funcs_test mem_zero_detect_test'
programs="$tests programs/igzip"
if [ "${triple%%-*}" = x86_64 ]; then
    built='the library with its NASM assembly, with code to AVX-512 chosen at run time; without `crc32_iscsi_01`'
else
    built='the library with its assembly'
fi

build() {
    # test-as: how much of the instruction set the assembler knows; the makefile would write to /dev/null to find out.
    if [ "${triple%%-*}" = x86_64 ]; then
        sed -i '/crc32_iscsi_01/d' crc/Makefile.am
        LDFLAGS=-Wl,--defsym,crc32_iscsi_01=crc32_iscsi_00
        set -- test-as=10 host_cpu=x86_64 AS="$sdk/bin/$triple-nasm"
    else
        set -- test-as=4 host_cpu="${triple%%-*}" arch="${triple%%-*}"
    fi
    make -f Makefile.unx -j"$jobs" CC="$CC" AR="$AR" CFLAGS_="$cflags -w" LDFLAGS="${LDFLAGS:-}" have_threads=y "$@" $programs
    [ "${triple%%-*}" != x86_64 ] || "${CC%-clang}-nm" erasure_code_test | grep gf_6vect_dot_prod_avx512
}

check() {
    # The package's own tests.
    for test in $tests; do
        own $test run $test
    done
    run igzip -c "$text" >text.gz
    run igzip -d -c text.gz | cmp - "$text"
}
