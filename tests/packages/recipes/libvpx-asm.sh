# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# With its NASM assembly and its intrinsics, and those of its tests that compare each function with the one in C.
# Its configuration for NASM is `NAME equ 1`, whose values its %if ask for.
source=libvpx
programs='test_libvpx'
built='the library with its NASM assembly and intrinsics for SSE to AVX-512, chosen at run time'
counts='s/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p'
without='those that read videos, which the archive does not have; those of speed; those of C alone; `ConvolveTest` for blocks other than 16x16, which take minutes'
tests='test_libvpx bench avg_test comp_avg_pred_test convolve_test dct16x16_test dct32x32_test dct_test fdct8x8_test
    hadamard_test idct8x8_test idct_test lpf_test minmax_test partial_idct_test predict_test quantize_test sad_test
    sum_squares_test variance_test vp9_block_error_test vp9_intrapred_test vp9_quantize_test vp9_subtract_test'

build() {
    AS=$sdk/bin/$triple-nasm
    [[ $triple != *-lfi* ]] || AS="$AS --keep-r11"
    AS=$AS LD=$CXX ./configure --target="${triple%%-*}-linux-gcc" --disable-webm-io --disable-libyuv --disable-docs \
        --disable-examples --disable-tools --enable-unit-tests --extra-cflags="$cflags -w" --extra-cxxflags="$cflags -w"
    make -j"$jobs" LIBVPX_TEST_SRCS-yes="../md5_utils.c $(printf '%s.cc ' $tests)" $programs
}

check() {
    slow=$(printf ':*ConvolveTest.*/%s' 0 1 2 3 4 5 7 8 9 '1?')
    run test_libvpx --gtest_filter="*SSE*/*:*SSSE*/*:*AVX*/*:-*Speed*:*DISABLED*$slow" --gtest_print_time=0 --gtest_color=no >tested
    grep '^\[  PASSED' tested
}
