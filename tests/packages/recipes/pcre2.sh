# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=pcre2
programs='build/pcre2test build/pcre2grep build/pcre2posix_test'
built='the library for 8 bits, without its compiler, and its programs'
counts='s/^  OK$/1/p; s/^pcre2posix_test: passed$/1/p'
without='`RunGrepTest` runs, but one of its cases wants the name of a locale that there is not, and musl takes any'

build() {
    cmake_build . pcre2test pcre2grep pcre2posix_test -- -DPCRE2_SUPPORT_LIBBZ2=OFF -DPCRE2_SUPPORT_LIBREADLINE=OFF \
        -DPCRE2_SUPPORT_LIBEDIT=OFF -DPCRE2_SUPPORT_LIBZ=OFF
}

check() {
    # The package's own tests: scripts that run ./PROGRAM.
    boxed
    export srcdir=$tree
    sh "$tree/RunTest" | grep -vF "$tree"
    own pcre2posix_test run pcre2posix_test
    { sh "$tree/RunGrepTest" || echo "status $?"; } | sed '/^[-+][-+]/d'
    rm -f pcre2test pcre2grep pcre2posix_test teststderrgrep
}
