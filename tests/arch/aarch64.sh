# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # who sources it uses it
#
# What scripts of more than one folder of tests need to know of AArch64.
newest=armv8.5-a # for -march: what most of today's processors have

# Of a file made by hand: its number and page, and code that traps, loads, and stores through a
# register, as printf writes it.
machine=183 page=65536
trap_bytes='\000' load_bytes='\040\000\100\371' store_bytes='\040\000\000\371'
trap_status=132 # of lfi-run, after that trap

assembler='-target-feature +all' # what clang -cc1as needs for all instructions
