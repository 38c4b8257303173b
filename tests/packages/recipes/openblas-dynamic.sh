# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# For several processors, chosen at run time; those with AVX-512 where a box has it.
# shellcheck source=openblas.sh disable=SC1091
. "$here/recipes/openblas.sh"
list='CORE2 NEHALEM SANDYBRIDGE HASWELL ZEN'
built="BLAS with its assembly for $list, chosen at run time; for SKYLAKEX where a box has AVX-512"
options='TARGET=GENERIC DYNAMIC_ARCH=1 NO_AVX512=1'
if [ "$avx512" ]; then
    list="$list SKYLAKEX"
    options='TARGET=GENERIC DYNAMIC_ARCH=1'
fi

eval "one_$(declare -f check)"
check() {
    for core in $list; do
        echo "OPENBLAS_CORETYPE=$core"
        export OPENBLAS_CORETYPE=$core
        one_check
    done
}
