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
    built='the library with its NASM assembly, but for AVX-512 and `crc32_iscsi_01`'
else
    built='the library with its assembly'
fi

build() {
    # 4: what of the instruction set its makefile thinks that the assembler knows, all before AVX-512.
    set -- test-as=4
    if [ "${triple%%-*}" = x86_64 ]; then
        sed -i '/crc32_iscsi_01/d' crc/Makefile.am
        LDFLAGS=-Wl,--defsym,crc32_iscsi_01=crc32_iscsi_00
        set -- "$@" host_cpu=x86_64 AS="$sdk/bin/$triple-nasm"
    else
        set -- "$@" host_cpu="${triple%%-*}" arch="${triple%%-*}"
    fi
    make -f Makefile.unx -j"$jobs" CC="$CC" AR="$AR" CFLAGS_="$cflags -w" LDFLAGS="${LDFLAGS:-}" have_threads=y "$@" $programs
}

check() {
    # The package's own tests.
    for test in $tests; do
        own $test run $test
    done
    run igzip -c "$text" >text.gz
    run igzip -d -c text.gz | cmp - "$text"
}
