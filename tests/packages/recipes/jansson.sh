# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=jansson
programs='build/bin/json_process'
built='the library'

build() {
    cmake_build . -- -DJANSSON_BUILD_DOCS=OFF
}

check() {
    # The package's own tests.
    ctests "$tree/build"
}
