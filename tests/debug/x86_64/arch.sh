# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # the tests use it
#
# What the tests of this folder need to know of x86-64.
faults='r w t d' # of fault.c
