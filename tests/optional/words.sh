#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What build-optional says, that a release of the SDK notices what it installed, and that the tables for users list what
# it lists. Environment: SDK, SOURCE, WORK.
# shellcheck disable=SC2153 # capital names come from the environment
set -eu
export LC_ALL=C
die() { echo "FAILED: $*" >&2; exit 1; }

build=$SOURCE/sysroot/optional/build-optional
folder=$WORK/words
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

# refused STATUS TEXT ARGUMENT...
refused() {
    wanted=$1 text=$2 status=0
    shift 2
    "$build" "$@" >output 2>&1 || status=$?
    [ $status = "$wanted" ] || die "exit status $status for: $*: $(cat output)"
    grep -qF -e "$text" output || die "no '$text' for: $*: $(cat output)"
}
refused 2 '--sdk is missing'
refused 2 "unknown argument '--frobnicate'" --frobnicate
refused 2 "there is no package 'argv'; there are: argp" --sdk="$SDK" argv
refused 1 "'$folder' is not an SDK" --sdk="$folder"
refused 1 "the SDK has no sysroot of 'vax-lfi-linux-musl'" --sdk="$SDK" --triple=vax-lfi-linux-musl --into=out
"$build" --help | grep -q '^Usage: build-optional ' || die '--help'

# One package for one target, and nothing else; a failed one leaves nothing.
set -- "$SDK"/sysroot/*
triple=$(basename "$1")
"$build" --sdk="$SDK" --triple="$triple" --into=out obstack
[ "$(cd out && find . -type f | sort | paste -s -d' ')" = "./$triple/usr/include/obstack.h ./$triple/usr/lib/libobstack.a\
 ./$triple/usr/share/licenses/obstack/COPYING.LIB" ] || die "installed: $(find out -type f)"
mkdir -p bad/bin "bad/sysroot/$triple/usr/lib"
ln -s "$SDK/bin/llvm-ar" bad/bin/
touch "bad/sysroot/$triple/usr/lib/libc.a"
printf '#!/bin/sh\nexit 1\n' >"bad/bin/$triple-clang"
chmod +x "bad/bin/$triple-clang"
refused 1 "cannot build obstack for $triple" --sdk=bad obstack
[ ! -e "bad/sysroot/$triple/usr/include" ] || die 'installed what could not be built'

# No release is made of an SDK with one in a sysroot, though its headers could be the C library's.
name=${triple%-linux-musl}
mkdir -p finished/bin "finished/sysroot/$triple/usr/include/sys" "finished/sysroot/$triple/usr/lib"
ln -s "$SDK/bin/llvm" finished/bin/
touch "finished/sysroot/$triple/usr/include/sys/tree.h" "finished/sysroot/$triple/usr/lib/libc.a"
! SOURCE_DATE_EPOCH=0 "$SOURCE/release/bundle" --sdk=finished --name="$name" --version=1 --work=work --dist=dist >output 2>&1 ||
    die 'a release with bsd-headers'
grep -q ': finished has the optional package bsd-headers in a sysroot (.*/sys/tree.h)' output || die "no word of bsd-headers: $(cat output)"
[ ! -e work ] || die 'a release was begun'

"$build" --list | sed 's/ | /|/g' | while IFS='|' read -r name headers library license _; do
    grep -F -e "| $name |" "$SOURCE/docs/build-systems.md" >row || die "docs/build-systems.md has no row of $name"
    for word in $headers $library; do
        grep -qF -e "$word" row || die "docs/build-systems.md: row of $name: no $word"
        [ "$word" = none ] || grep -qF -e "$word" "$SOURCE/release/README.extras" || die "README.extras: no $word"
    done
    grep -qF -e "| $license |" row || die "docs/build-systems.md: row of $name: not '$license'"
done
