# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=brotli
programs='build/brotli'
built='the library and its program'

build() {
    cmake_build . brotli -- -DBROTLI_WRAPPER="$runner"
}

check() {
    # The package's own tests: its sources and samples, there and back.
    ctests "$tree/build"
    for quality in 1 5 9; do
        run brotli -c -q $quality "$text" >text.$quality.br
        run brotli -dc text.$quality.br | cmp - "$text"
    done
    run brotli -c -q 11 --lgwin=24 "$tree/c/enc/encode.c" >encode.br
    run brotli -c -q 4 "$mixed" >mixed.br
    run brotli -dc mixed.br | cmp - "$mixed"
}
