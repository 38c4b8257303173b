# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# For one processor with AVX-512: complex numbers, too, which openblas-dynamic.sh leaves out. Its kernels of casum and
# zasum compare a variable with itself before they set it, which clang 17 and newer make wrong: natively as in the box.
# shellcheck source=openblas.sh disable=SC1091
. "$here/recipes/openblas.sh"
if [ "${command-}" != table ] && [ ! "$avx512" ]; then
    echo "package: programs in a box have no AVX-512 on this machine" >&2
    exit 77
fi
options=(TARGET=SKYLAKEX) threads=1 suffix=-skylakex
programs="utest/openblas_utest$suffix $(tests ctest/ $suffix)"
built='BLAS with its assembly for SKYLAKEX (AVX-512), one thread'
without="$without; \`scasum\` and \`dzasum\` are wrong, natively as well"
fails='CBLAS_(SC|DZ)ASUM '
