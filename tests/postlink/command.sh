#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The command line of lfi-postlink: options, exit statuses, and what becomes of files. Environment
# as golden.sh.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$WORK"
mkdir -p "$WORK"
cd "$WORK"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# expect STATUS TEXT COMMAND…: the exit status, and a part of what it says.
expect() {
    status=0
    wanted=$1 text=$2
    shift 2
    "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "status $status instead of $wanted: $* ($(cat said))"
    [ -z "$text" ] || grep -qF -- "$text" said || fail "'$text' not in the output of: $* ($(cat said))"
}

unchanged() {
    cmp -s "$1" linked || fail "$1 was changed"
}

no_litter() {
    for file in *.lfi-* folder/*.lfi-*; do
        [ ! -e "$file" ] || fail "left behind: $file"
    done
}

for part in "$here/golden/sample.s" "$here/note.s"; do
    "$CLANG" --target=x86_64-linux-musl -I "$here/golden" -c "$part" -o "$(basename "$part" .s).o"
done
"$LLD" -pie --no-dynamic-linker -z separate-code --pack-dyn-relocs=relr sample.o note.o -o linked
chmod 755 linked
mkdir folder

# Options
expect 0 'Usage: lfi-postlink' "$POSTLINK" --help
expect 0 'lfi-postlink ' "$POSTLINK" --version
expect 2 'no file named' "$POSTLINK" --mode=full
expect 2 '--mode is missing' "$POSTLINK" linked
expect 2 'unknown mode all' "$POSTLINK" --mode=all linked
expect 2 'more than one file' "$POSTLINK" --mode=full linked linked
expect 2 'see lfi-postlink --help' "$POSTLINK" --nonsense

# In place, with permissions kept; a second run, and other modes
cp linked good
chmod 750 good
expect 0 'direct calls moved' "$POSTLINK" --mode=full --stats good
grep -q ' 4 direct calls moved' said || fail "other statistics: $(cat said)"
[ "$(stat -c %a good)" = 750 ] || fail "permissions are $(stat -c %a good)"
cmp -s good linked && fail "nothing was done"
expect 1 "already postlinked for mode \`full', not \`stores'" "$POSTLINK" --mode=stores good

# The note holds version, machine, mode, flags.
for mode in full:0 stores:1 jumps:2; do
    "$POSTLINK" --mode="${mode%:*}" -o noted linked
    note=$("$OBJDUMP" -s -j .note.lfi noted | awk '/^ [0-9a-f]+ / { print $2 $3 $4 $5 }' | tr -d '\n')
    want=04000000100000000200000 # sizes 4 and 16, type 2
    want=${want}0424f5800020000003e0000000${mode#*:}00000000000000
    [ "$note" = "$want" ] || fail "note $note instead of $want"
done

# Other outputs
expect 0 '' "$POSTLINK" --mode=full -o folder/out linked
cmp -s folder/out noted && fail "modes differ, files do not"
cmp folder/out good || fail "-o gives another file"
"$POSTLINK" --mode=full -o - linked >streamed
cmp streamed good
"$POSTLINK" --mode=full - <linked >streamed
cmp streamed good
unchanged linked
expect 0 '' "$POSTLINK" --mode=full -o /dev/null linked
[ -c /dev/null ] || fail "/dev/null is no device any more"

# A symbolic link stays one; the file that it names changes.
cp linked folder/real
ln -s folder/real link
expect 0 '' "$POSTLINK" --mode=full link
[ -L link ] || fail "the symbolic link was replaced"
cmp folder/real good || fail "the file behind the link was not changed"
[ ! -L good ] || fail "good became a link"

# A file without write permission is replaced as a linker would, and stays without.
cp linked locked
chmod 555 locked
expect 0 '' "$POSTLINK" --mode=full locked
[ "$(stat -c %a locked)" = 555 ] || fail "permissions of a locked file are $(stat -c %a locked)"

# Failures leave everything as it was.
cp linked kept
expect 1 'No space left' "$POSTLINK" --mode=full -o /dev/full kept
unchanged kept
[ -c /dev/full ] || fail "/dev/full is no device any more"
(
    ulimit -f 4 # blocks of 512 bytes or more: less than the file
    expect 1 'File too large' "$POSTLINK" --mode=full kept
)
unchanged kept
no_litter
expect 1 'No such file' "$POSTLINK" --mode=full missing
[ ! -e missing ] || fail "a missing file was made"
expect 1 'No such file' "$POSTLINK" --mode=full -o nowhere/out kept
expect 1 'Is a directory' "$POSTLINK" --mode=full folder
expect 1 'Is a directory' "$POSTLINK" --mode=full -o folder kept
expect 1 'an object file' "$POSTLINK" --mode=full sample.o
unchanged kept

# What is no ELF file of ours
: >empty
printf 'hello, world\n' >text
printf '\177ELF' >magic
head -c 4000 linked >half
for file in empty text magic half; do
    cp $file before
    expect 1 "$file: " "$POSTLINK" --mode=full $file
    cmp $file before || fail "$file was changed"
done
printf '\002' | dd of=kept bs=1 seek=5 conv=notrunc 2>/dev/null
expect 1 'not a 64-bit little-endian' "$POSTLINK" --mode=full kept
cp linked kept
printf '\267' | dd of=kept bs=1 seek=18 conv=notrunc 2>/dev/null
expect 1 'ELF machine 183' "$POSTLINK" --mode=full kept
no_litter
