# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # who sources it uses what it sets
#
# How a script of this folder begins that runs one program in a box: sourced with NAME and TRIPLE as
# arguments. Compiles NAME.c to $work/program, which $lfi_run runs; $work goes away at the end. Exit
# status 77: TRIPLE has no sysroot in this SDK.
name=$1 triple=$2
failed=0
# shellcheck source=tests/runner.sh disable=SC1091
. "$here/../runner.sh"
lfi_run=$(runner "$SDK" "$triple")
[ -e "$SDK/sysroot/$triple/usr/lib/libc.a" ] || exit 77
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$SDK/bin/$triple-clang" -O2 "$here/$name.c" -o "$work/program" || exit 1
