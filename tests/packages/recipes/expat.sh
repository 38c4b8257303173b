# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=expat
programs='build/xmlwf/xmlwf build/tests/runtests build/tests/runtestspp'
built='the library, its tests in C and C++'
counts='s/^100%: Checks: \([0-9]*\), Failed: 0$/\1/p'

build() {
    cmake_build expat xmlwf runtests runtestspp -- -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_DOCS=OFF -DEXPAT_SHARED_LIBS=OFF
}

check() {
    # The package's own tests, by hand for the number of their cases.
    run runtests -v
    run runtestspp
    # Its documents, normalized.
    for file in nes96.xml wordnet_glossary-20010201.rdf; do
        run xmlwf -n -d . "$tree/testdata/largefiles/$file"
    done
}
