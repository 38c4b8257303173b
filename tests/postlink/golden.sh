#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# golden.sh CASE: assembles golden/CASE.s (and golden/CASE.*.s), links, postlinks, and compares
# the disassembly with golden/CASE.expected, or the message with golden/CASE.error. UPDATE=1
# writes what is there of the two anew. Needs in the environment: CLANG LLD OBJDUMP POSTLINK VERIFY ("" if
# there is none yet) WORK (a folder for output).
#
# Comments in CASE.s change what happens:
#   # kind: ARG       instead of -pie
#   # link: ARGS      more arguments for the linker
#   # mode: MODE      instead of full
#   # note: none|twice   how often the object with the empty note is linked
#   # bytes: yes      show the bytes of the executable segment, gaps included
#   # verify: no (WHY)   the result is not for the verifier
# shellcheck disable=SC2094,SC2153 # WORK is from the environment
set -eu

here=$(cd "$(dirname "$0")" && pwd)/golden
case=$1
source=$here/$case.s
work=$WORK/$case
rm -rf "$work"
mkdir -p "$work"

fail() {
    echo "$case: $*" >&2
    exit 1
}

setting() {
    sed -n "s/^# $1: //p" "$source"
}

# The code, and the size in the file of the executable segment. Not the file's name, which is a path
# of this machine.
show() {
    "$OBJDUMP" -d "$1" | sed -e 1,3d
    echo
    "$OBJDUMP" -p "$1" | grep -B1 'flags r-x' >"$work/segment"
    sed 's/^ *//' "$work/segment"
    [ -n "$(setting bytes)" ] || return 0
    offset=$(sed -n 's/.*LOAD off *\(0x[0-9a-f]*\).*/\1/p' "$work/segment")
    size=$(sed -n 's/.*filesz \(0x[0-9a-f]*\).*/\1/p' "$work/segment")
    od -An -v -tx1 -w32 -j "$((offset))" -N "$((size))" "$1"
}

objects=
for part in "$source" "$here/$case".*.s; do
    [ -e "$part" ] || continue
    object=$work/$(basename "$part" .s).o
    "$CLANG" --target=x86_64-linux-musl -I "$here" -c "$part" -o "$object"
    objects="$objects $object"
done
"$CLANG" --target=x86_64-linux-musl -c "$here/../note.s" -o "$work/note.o"
case $(setting note) in
none) ;;
twice) cp "$work/note.o" "$work/note2.o" && objects="$objects $work/note.o $work/note2.o" ;;
*) objects="$objects $work/note.o" ;;
esac

mode=$(setting mode)
kind=$(setting kind)
# shellcheck disable=SC2046,SC2086 # lists of words
"$LLD" "${kind:--pie}" --no-dynamic-linker -z separate-code $objects -o "$work/linked" $(setting link)
cp "$work/linked" "$work/out"

if [ -e "$here/$case.error" ]; then
    if "$POSTLINK" --mode="${mode:-full}" "$work/out" 2>"$work/message"; then
        fail "was accepted"
    fi
    sed "s|$work/out|FILE|" "$work/message" >"$work/said"
    [ -z "${UPDATE:-}" ] || cp "$work/said" "$here/$case.error"
    diff -u "$here/$case.error" "$work/said" || fail "other message"
    cmp "$work/linked" "$work/out" || fail "a refused file was changed"
    exit 0
fi

"$POSTLINK" --mode="${mode:-full}" "$work/out" 2>"$work/message" || fail "$(cat "$work/message")"
[ ! -s "$work/message" ] || fail "$(cat "$work/message")"
show "$work/out" >"$work/disassembly"
if [ -n "${UPDATE:-}" ]; then
    cp "$work/disassembly" "$here/$case.expected"
fi
diff -u "$here/$case.expected" "$work/disassembly" || fail "other code than expected"

cp "$work/out" "$work/again"
"$POSTLINK" --mode="${mode:-full}" "$work/again" || fail "the second run fails"
cmp "$work/out" "$work/again" || fail "the second run changes the file"

case $(setting verify) in
no*) ;;
*) [ -z "$VERIFY" ] || "$VERIFY" --mode="${mode:-full}" "$work/out" || fail "does not verify" ;;
esac
