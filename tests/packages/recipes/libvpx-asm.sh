# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With its NASM assembly and its intrinsics up to AVX2.
source=libvpx
programs='test_libvpx'
built='the library with its NASM assembly and intrinsics for SSE to AVX2, chosen at run time'
counts='s/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p'
without='tests that read videos, which the archive does not have'

build() {
    AS=$sdk/bin/$triple-nasm
    [[ $triple != *-lfi* ]] || AS="$AS --keep-r11"
    AS=$AS LD=$CXX ./configure --target="${triple%%-*}-linux-gcc" --disable-webm-io --disable-libyuv --disable-docs \
        --disable-avx512 --enable-unit-tests --extra-cflags="$cflags -w" --extra-cxxflags="$cflags -w"
    make -j"$jobs" $programs
}

check() {
    # The package's own tests of parts, which compare each function with the one in C.
    run test_libvpx --gtest_filter='*SSE*/*:*SSSE*/*:*AVX*/*:-*Speed*:*Large*:*Datarate*:*EndToEnd*' --gtest_print_time=0 \
        --gtest_color=no >tested
    grep '^\[  PASSED' tested
}
