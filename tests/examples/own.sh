#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A library's own test programs, as programs of the host: linked with the drop-in binding they print
# what they print with the library itself.
#   own.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
sdk=$1 work=$2/own
triple=$(uname -m)-lfi-linux-musl
rm -rf "$work"
mkdir -p "$work/boxed"
cd "$work"
fail() { echo "own.sh: $*" >&2; exit 1; }
flags=$("$sdk/bin/lfi-config" --cflags --libs | tr '\n' ' ')

# zlib: example.c and minigzip.c. Its functions for files stay in the host, and call into the box.
zlib=$("$root/toolchain/fetch" zlib)
box='' files=''
for file in "$zlib"/*.c; do
    case ${file##*/} in
    gz*) files="$files $file" ;;
    *) box="$box $file" ;;
    esac
done
# shellcheck disable=SC2086 # lists of files
(cd boxed && "$sdk/bin/$triple-clang" -O2 -w -DHAVE_UNISTD_H -c $box)
"$sdk/bin/llvm-ar" rcs libz.a boxed/*.o
"$sdk/bin/lfi-bind" --header zlib.h -I "$zlib" --annotations "$root/examples/zlib/zlib.annotations" \
    --drop-in libz.a -o zbox 2>messages || fail "$(cat messages)"
# shellcheck disable=SC2086
cc -O2 -c zbox.c -I. -I"$zlib" $flags || fail zbox.c
for program in example minigzip; do
    # shellcheck disable=SC2086
    cc -O2 -w -DHAVE_UNISTD_H -I"$zlib" "$zlib/test/$program.c" $files zbox.o $flags -o $program-boxed
    # shellcheck disable=SC2086
    cc -O2 -w -DHAVE_UNISTD_H -I"$zlib" "$zlib/test/$program.c" $files $box -o $program-native
done
for kind in boxed native; do
    ./example-$kind example.gz >example.$kind || fail "example-$kind: status $?"
    ./minigzip-$kind -9 <zbox.c >packed.$kind || fail "minigzip-$kind: status $?"
    ./minigzip-$kind -d <packed.$kind >unpacked.$kind || fail "minigzip-$kind -d: status $?"
    cmp zbox.c unpacked.$kind
done
grep -q 'inflate with dictionary' example.native || fail 'example.c says something else'
diff -u example.native example.boxed
cmp packed.native packed.boxed
if nm example-boxed | grep -q ' [tT] inflate_table$'; then
    fail 'the host has a zlib of its own'
fi
