# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016,SC2046 # variables and `run` come from ../package
#
# Each test runs once for each target that the processor has, and says which that is.
source=highway
tests='compress_test crypto_test mask_mem_test memory_test'
programs="$(printf 'built/%s ' $tests)"
built='the library and tests, C++'
[ "${triple%%-*}" != x86_64 ] || built="$built, for SSSE3, SSE4, AVX2 and, where the processor has it, AVX-512"
counts='s/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p'
without='`contrib`; most of the tests, which take minutes to build'

build() {
    googletest=$(fetched googletest)
    mkdir built
    compile() {
        "$CXX" $cflags -w -fno-exceptions -fmath-errno -DHWY_STATIC_DEFINE -DHWY_IS_TEST=1 -DHWY_WANT_AVX3_DL=1 \
            -I. -I"$googletest/googletest/include" "$@"
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
    [ -z "$avx512" ] || run crypto_test --gtest_list_tests | grep AVX3_DL
    # The package's own tests.
    for test in $tests; do
        run $test --gtest_color=no --gtest_print_time=0
    done
}
