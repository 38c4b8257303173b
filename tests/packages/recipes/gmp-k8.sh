# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034 # variables come from ../package
#
# GMP with its assembly for the first processors of x86-64.
. "$here/recipes/gmp.sh"
processor=k8
