# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh
#
# What ../command.sh tests of AArch64: svc and brk, and an address that is not a multiple of 32.
printf '\001\000\000\324' >svc
printf '\000\000\040\324' >brk
expect 1 --raw --arch=aarch64 svc
says err '^lfi-verify: svc:0x0: system-call: .* \[01 00 00 d4\] svc$'
expect 0 --raw --arch=aarch64 --address=0x1000 brk
expect 0 --raw --arch=aarch64 --address=0x1004 brk
wrong "'0x1002' is no address of code: a multiple of 4" --raw --arch=aarch64 --address=0x1002 brk
# Registers are named in the architecture's own messages: mov x30, x0; ret.
printf '\376\003\000\252\300\003\137\326' >link
expect 1 --raw --arch=aarch64 link
says err '^lfi-verify: link:0x4: link-register: branch where x30 is not guarded '
wrong "'--arch' is for --raw only" --arch=aarch64 brk
