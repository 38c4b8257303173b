# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # the tests use it
#
# What the tests of this folder need to know of AArch64.
faults='r w t' # of fault.c; a division by zero is none
