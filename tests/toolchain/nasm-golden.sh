#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lfi-nasm: nasm/NAME.asm becomes nasm/NAME.expected.s, or is refused as nasm/NAME.error says; and what it says
# where it cannot begin.
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
        ! "$program" --translate "$source" -o "$work/$name" 2>"$work/$name.all" || failed="$failed $name"
        grep '^lfi-nasm:' "$work/$name.all" >"$work/$name.error" # not what nasm says
        result=$name.error
        [ ! -e "$work/$name" ] || failed="$failed $name"
    else
        "$program" --translate "$source" -o "$work/$name.expected.s" || failed="$failed $name"
        result=$name.expected.s
    fi
    [ -z "$update" ] || cp "$work/$result" "$result"
    diff -u "$result" "$work/$result" || failed="$failed $name"
done

# says WORDS ARGUMENT...: one message, which is about the run with these arguments.
says() {
    words="lfi-nasm: $1"
    shift
    status=0
    "$program" "$@" >"$work/words" 2>&1 || status=$?
    [ "$status $(cat "$work/words")" = "${wanted:-2} $words" ] || { failed="$failed words"; cat "$work/words"; }
}
set -- *.asm
says "neither the name nor the folder of this program says the target; call it as TRIPLE-nasm, as the SDK's bin has it,\
 or with --lfi-target=TRIPLE" "$1"
says "unknown target 'vax-linux'; there are: ARCH-lfi-linux-musl and the like" --lfi-target=vax-linux "$1"
export LFI_NASM=/no/nasm wanted=1
says "LFI_NASM: there is no program '/no/nasm'" --translate "$1"
says "LFI_NASM: there is no program '/no/nasm'" --version

[ -z "$failed" ] || { echo "FAILED:$failed" >&2; exit 1; }
