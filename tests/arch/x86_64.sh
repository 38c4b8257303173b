# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # who sources it uses it
#
# What scripts of more than one folder of tests need to know of x86-64.
newest=x86-64-v3 # for -march: what most of today's processors have

# Of a file made by hand: its number and page, and code that traps, loads, and stores through a
# register, as printf writes it.
machine=62 page=4096
trap_bytes='\364' load_bytes='\213\007' store_bytes='\211\007'
trap_status=139 # of lfi-run, after that trap

assembler='' # what clang -cc1as needs for all instructions
