# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=openblas
needs=openblas
programs='blas'

build() {
    $CC $cflags -w -I../openblas -o blas "$here/../../bench/assembly/blas.c" ../openblas/libopenblas.a -lm
}
