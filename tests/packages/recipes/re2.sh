# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=re2
tests='charclass_test compile_test filtered_re2_test mimics_pcre_test parse_test possible_match_test re2_test
    re2_arg_test regexp_test required_prefix_test search_test set_test simplify_test string_generator_test
    dfa_test exhaustive1_test exhaustive2_test exhaustive_test'
programs=$(for test in $tests; do echo build/$test; done)
built='the library, C++'
without='`exhaustive3_test`, `random_test`, which take minutes'

build() {
    # Debian's archive has the programs that write these files, but not the files: its own build writes
    # them too, from Debian's copy of Unicode's tables.
    (
        cd re2 || exit
        sed -i 's|^from six.moves import urllib|import urllib.request|
            s|^_UNICODE_DIR = .*|_UNICODE_DIR = "/usr/share/unicode"|' unicode.py
        perl make_perl_groups.pl >perl_groups.cc
        python3 make_unicode_groups.py >unicode_groups.cc
        python3 make_unicode_casefold.py >unicode_casefold.cc
    )
    cmake_build . $tests --
}

check() {
    # The package's own tests, but for two that take minutes.
    ctests "$tree/build" -E 'exhaustive3_test|random_test'
}
