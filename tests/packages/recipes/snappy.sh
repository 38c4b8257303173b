# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=snappy
programs='build/snappy_unittest'
built='the library, C++'
counts='s/^\[  PASSED  \] \([0-9]*\) tests*\.$/\1/p'

build() {
    cp -a "$(fetched googletest)/." third_party/googletest
    # Its own build makes warnings errors, those of newer compilers too.
    cflags="$cflags -w"
    cmake_build . snappy_unittest -- -DSNAPPY_BUILD_BENCHMARKS=OFF
}

check() {
    # The package's own tests; they read testdata/ of the current folder.
    cd "$tree" || exit
    run snappy_unittest --gtest_color=no --gtest_print_time=0
}
