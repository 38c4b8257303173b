#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# modes.sh TRIPLE: how strictly a program is confined is decided by whoever verifies or runs it. A program that leaves
# its box where its mode lets it (modes.c) is refused unless that mode is asked for. Environment: SDK. Exit
# status 77: TRIPLE has no sysroot in this SDK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
triple=$1 arch=${1%%-*}
# shellcheck source=../runner.sh disable=SC1091
. "$here/../runner.sh"
mode=$(mode_of "$triple") runner=$(runner "$SDK" "$triple") lfi_run=$(runner "$SDK" "$arch-lfi")
[ -e "$SDK/sysroot/$triple/usr/lib/libc.a" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $triple: $*" >&2
    cat out err >&2
    exit 1
}
# expect STATUS COMMAND...
expect() {
    wanted=$1 status=0
    shift
    "$@" >out 2>err || status=$?
    [ "$status" = "$wanted" ] || fail "$*: status $status, not $wanted"
}
says() { grep -q -e "$1" err || fail "no '$1'"; }
prints() { printf %b "$1" | cmp -s - out || fail 'other output'; }

"$SDK/bin/$triple-clang" -O1 -I"$here/../../include" "$here/modes.c" -o program
case $mode in
full)
    for weakest in full stores jumps; do
        expect 0 "$SDK/bin/lfi-verify" --mode=$weakest --stats program
        grep -q '^program: mode full, ' out || fail '--stats'
        "$lfi_run" --mode=$weakest ./program >out 2>err && fail 'it left its box'
        prints ''
    done
    expect 0 "$SDK/bin/lfi-verify" program
    exit
    ;;
stores) reached='read the host\n' ;;
jumps) reached='read the host\nwrote to the host\n' ;;
esac

# Refused: by default, when asked, and in jumps mode also where only `stores` is accepted.
stricter=--mode=full
[ "$mode" != jumps ] || stricter="$stricter --mode=stores"
for option in '' $stricter; do
    # shellcheck disable=SC2086 # a word or none
    {
        expect 1 "$SDK/bin/lfi-verify" $option program
        says "elf-mode: .*mode '$mode' lets it read .*--mode=$mode "
        expect 126 "$lfi_run" $option ./program
        says "mode '$mode' lets it read .*--mode=$mode "
        prints ''
        expect 126 "$lfi_run" $option --restricted ./program
        says "mode '$mode' lets it read .*--mode=$mode "
        prints ''
    }
done

# Accepted: it is as weak as it says.
expect 0 "$SDK/bin/lfi-verify" --mode="$mode" --stats program
grep -q "^program: mode $mode, " out || fail '--stats'
expect 0 "$runner" ./program
prints "$reached"
expect 0 "$lfi_run" --mode=jumps ./program
prints "$reached"
expect 0 "$runner" --restricted ./program
says "^lfi-run: warning: --restricted .*--mode=$mode"
prints "$reached"
expect 0 "$runner" --verbose ./program
says "mode $mode, verified and loaded"

# With the note of a stricter mode its code is refused, whatever is accepted.
at=$("$SDK/bin/llvm-readelf" -SW program | awk '$2 == ".note.lfi" { print "0x" $5 } $3 == ".note.lfi" { print "0x" $6 }')
printf '\000' | dd of=program bs=1 seek=$((at + 24)) conv=notrunc 2>err
rule=load-address
for weakest in full jumps; do
    expect 1 "$SDK/bin/lfi-verify" --mode=$weakest --all program
    says ": $rule: "
    [ "$mode" = stores ] || says ': store-address: '
    expect 126 "$lfi_run" --mode=$weakest ./program
    says '-address: '
    prints ''
done
