# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# Without format-impl-test and xchar-test, which do not compile natively either: they need
# std::char_traits of a type that is no character, which libc++ 19 has no longer.
source=fmt
tests='args-test assert-test chrono-test color-test core-test gtest-extra-test format-test
    ostream-test compile-test compile-fp-test printf-test ranges-test scan-test std-test unicode-test
    enforce-checks-test posix-mock-test os-test'
programs=$(for test in $tests; do echo build/bin/$test; done)
built='the library, C++'
without='`format-impl-test` and `xchar-test`, which do not compile with libc++ 19; 2 cases that ask for names of locales'

build() {
    # Debian's archive has no copy of GoogleTest; this is what stands there in the original.
    googletest=$(fetched googletest)
    mkdir test/gtest
    cat >test/gtest/CMakeLists.txt <<END
add_library(gtest STATIC $googletest/googletest/src/gtest-all.cc $googletest/googlemock/src/gmock-all.cc)
target_include_directories(gtest SYSTEM PUBLIC $googletest/googletest/include $googletest/googlemock/include)
target_include_directories(gtest PRIVATE $googletest/googletest $googletest/googlemock)
END
    cmake_build . $tests -- -DFMT_DOC=OFF -DFMT_TEST=ON
}

check() {
    # The package's own tests. musl gives all locales the names of the C locale, natively too.
    export GTEST_FILTER=-chrono_test.weekday:unicode_test.legacy_locale
    ctests "$tree/build" -E 'format-impl-test|xchar-test'
}
