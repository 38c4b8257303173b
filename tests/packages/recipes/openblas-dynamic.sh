# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# For several processors, one of which the library chooses at run time; SKYLAKEX where a box has AVX-512.
# shellcheck source=openblas.sh disable=SC1091
. "$here/recipes/openblas.sh"
threads=1 kinds='s d' suffix=-dynamic
programs="utest/openblas_utest$suffix $(tests ctest/ $suffix)"
cores='PRESCOTT HASWELL' # it is always built for the first, too
built='BLAS with its assembly for PRESCOTT, HASWELL and SKYLAKEX (AVX-512), chosen at run time; real numbers, one thread'
without="$without; code for AMD's older processors (FMA4, 3DNow!)"
if [ "$avx512" ]; then
    cores="$cores SKYLAKEX"
fi
options=(TARGET=GENERIC DYNAMIC_ARCH=1 "DYNAMIC_LIST=${cores#* }" BUILD_SINGLE=1 BUILD_DOUBLE=1)

eval "one_$(declare -f check)"
check() {
    # Which it chooses by what the processor has, and in a box by what the box says of it; then each. It has more
    # names for PRESCOTT and says the first.
    OPENBLAS_VERBOSE=2 run openblas_utest$suffix 2>&1 >/dev/null | grep '^Core: '
    for core in $cores; do
        export OPENBLAS_CORETYPE=$core
        OPENBLAS_VERBOSE=2 run openblas_utest$suffix 2>&1 >/dev/null | grep -i "^Core: ${core/PRESCOTT/Katmai}$"
        one_check
    done
}
