# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016,SC2046 # variables and `run` come from ../package
source=highway
tests='arithmetic_test blockwise_test blockwise_shift_test combine_test compare_test convert_test crypto_test
    demote_test float_test if_test interleaved_test logical_test mask_test mask_mem_test memory_test mul_test
    reduction_test reverse_test shift_test swizzle_test'
programs="$(printf 'built/%s ' $tests)"
built='the library and tests, C++'
[ "${triple%%-*}" != x86_64 ] || built="$built, for SSE2, SSSE3, SSE4 and AVX2"
counts='s/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p'
without='`contrib`'

build() {
    googletest=$(fetched googletest)
    mkdir built
    compile() {
        "$CXX" $cflags -w -fno-exceptions -fmath-errno -DHWY_STATIC_DEFINE -DHWY_IS_TEST=1 \
            -DHWY_DISABLED_TARGETS='(HWY_AVX3|HWY_AVX3_DL)' -I. -I"$googletest/googletest/include" "$@"
    }
    for file in hwy/aligned_allocator hwy/per_target hwy/print hwy/targets hwy/tests/test_util; do
        compile -c -o built/$(basename $file).o $file.cc
    done
    for file in gtest-all gtest_main; do
        compile -c -o built/$file.o -I"$googletest/googletest" "$googletest/googletest/src/$file.cc"
    done
    for test in $tests; do
        while [ "$(jobs -r | wc -l)" -ge "$jobs" ]; do wait -n; done
        compile -o built/$test hwy/tests/$test.cc built/*.o &
    done
    wait
}

check() {
    # The package's own tests.
    for test in $tests; do
        run $test --gtest_color=no --gtest_print_time=0
    done
}
