# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# Debian's archive has no `test/` (files whose licence it does not know), so runtest, testrecurse and
# testThreads have nothing to read; the tests that bring their own data run.
source=libxml2
needs=zlib
examples='io1 io2 parse1 parse2 parse3 parse4 reader1 reader2 reader3 reader4 testWriter tree1 tree2 xpath1 xpath2'
own_programs='xmllint testapi testchar testdict testlimits testRegexp testURI'
built='the library and its programs'
without='those whose documents Debian leaves out: `runtest`, `runsuite`, `testrecurse`, `testThreads`'
programs="$own_programs $(for example in $examples; do echo doc/examples/$example; done)"

build() {
    ./configure --host="$triple" --disable-shared --without-python --without-lzma --with-zlib="$PWD/../zlib" \
        CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags"
    make -j"$jobs" $own_programs
    make -j"$jobs" -C doc/examples $examples
}

check() {
    # The package's own tests.
    own testapi run testapi -q
    own testchar run testchar
    own testdict run testdict
    own testlimits run testlimits
    # Its examples, each compared with what it should print.
    own examples make -s -C "$tree/doc/examples" tests CHECKER="$runner"
    # Its documentation.
    run xmllint --format --c14n "$tree/doc/libxml2-api.xml" | cksum
    run xmllint --stream --debug "$tree/doc/libxml2-api.xml" | cksum
    run xmllint --xpath 'count(//function[contains(@name, "Free")]) + sum(//arg[2]/@x)' "$tree/doc/libxml2-api.xml"
    for file in "$tree"/doc/*.html; do
        run xmllint --html --sax "$file" 2>/dev/null | cksum
    done
    run testURI --base http://example.org/a/b?c ../d/./e#f
    run testRegexp '[a-f]+(x{2,3}|\d\p{Lu})*' abxxx cafe1Q abx
}
