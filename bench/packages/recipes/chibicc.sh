# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=chibicc
programs='chibicc'

build() {
    objects -std=gnu11 -- *.c
    $CC -o chibicc *.o
}
