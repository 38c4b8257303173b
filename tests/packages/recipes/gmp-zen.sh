# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034 # variables and `run` come from ../package
#
# For a newer processor, whose assembly does not carry flags over jumps.
# shellcheck source=gmp.sh disable=SC1091
. "$here/recipes/gmp.sh"
host=zen-pc-linux-musl
built='the library with its assembly for Zen: MULX, ADX'
