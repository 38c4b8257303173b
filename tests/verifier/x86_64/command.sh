# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh
#
# What ../command.sh tests of x86-64: an operand that is relative to the position of the code.
printf '\213\005\000\020\000\000' >rip
expect 1 --raw --arch=x86_64 rip
expect 0 --raw --arch=x86_64 --image=0-0x2000 rip
