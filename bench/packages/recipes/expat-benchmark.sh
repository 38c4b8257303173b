# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# Without its tests, which are C++.
source=expat
programs='benchmark build/xmlwf/xmlwf'

build() {
    cmake_build expat xmlwf -- -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_DOCS=OFF \
        -DEXPAT_SHARED_LIBS=OFF
    $CC $cflags -w -Iexpat/lib -o benchmark expat/tests/benchmark/benchmark.c build/libexpat.a
}
