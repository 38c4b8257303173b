#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi-nasm: nasm/NAME.asm becomes nasm/NAME.expected.s, or is refused as nasm/NAME.error says.
#   nasm-golden.sh LFI-NASM WORK-FOLDER [--update]
set -eu
program=$1 work=$2 update=${3:-}
here=$(cd "$(dirname "$0")" && pwd)/nasm
command -v nasm >/dev/null || { echo 'SKIPPED: there is no nasm'; exit 77; }
rm -rf "$work"
mkdir -p "$work"
cd "$here"
failed=''
for source in *.asm; do
    name=${source%.asm}
    if [ -f "$name.error" ]; then
        ! "$program" --translate "$source" -o "$work/$name" 2>"$work/$name.error" || failed="$failed $name"
        result=$name.error
        [ ! -e "$work/$name" ] || failed="$failed $name"
    else
        "$program" --translate "$source" -o "$work/$name.expected.s" || failed="$failed $name"
        result=$name.expected.s
    fi
    [ -z "$update" ] || cp "$work/$result" "$result"
    diff -u "$result" "$work/$result" || failed="$failed $name"
done
[ -z "$failed" ] || { echo "FAILED:$failed" >&2; exit 1; }
