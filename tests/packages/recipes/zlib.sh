# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=zlib
programs='example minigzip'
built='the library and its programs'

build() {
    AR=$AR RANLIB=$RANLIB CHOST=$triple CFLAGS=$cflags ./configure --static
    make -j"$jobs" example minigzip
}

check() {
    run minigzip <"$text" >text.gz
    run minigzip -9 <"$text" >text.9.gz
    run minigzip -1 <"$mixed" >mixed.gz
    run minigzip -d <text.gz | cmp - "$text"
    run minigzip -d <mixed.gz | cmp - "$mixed"
    gzip -dc text.9.gz | cmp - "$text"
    # The package's own test.
    own example run example example.gz
}
