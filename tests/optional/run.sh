#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# run.sh TRIPLE: builds the optional packages for TRIPLE with the SDK, then each of programs/ with them, verifies it, runs
# it with each line of NAME.runs as its arguments, and compares everything that it prints, and how it ends, with
# NAME.expected. TRIPLE `glibc` does the same with the machine's compiler and C library, as far as that has the
# headers: it tests the expectations.
# Environment: SDK, SOURCE (the repository), WORK (a folder for output). Exit status 77: no sysroot of TRIPLE.
# shellcheck disable=SC2086,SC2153 # lists; capital names come from the environment
set -eu
export LC_ALL=C

programs=$(cd "$(dirname "$0")/programs" && pwd)
# shellcheck source=../runner.sh disable=SC1091
. "$programs/../../runner.sh"
triple=$1
folder=$WORK/$triple
rm -rf "$folder"
mkdir -p "$folder"

fail() {
    echo "$name ($triple): $*" >&2
    exit 1
}

name=packages
if [ "$triple" = glibc ]; then
    runner='' flags=-rdynamic
else
    if [ ! -e "$SDK/sysroot/$triple/usr/lib/libc.a" ]; then
        echo "no sysroot for $triple" >&2
        exit 77
    fi
    runner=$(runner "$SDK" "$triple")
    "$SOURCE/sysroot/optional/build-optional" --sdk="$SDK" --triple="$triple" --into="$folder"
    usr=$folder/$triple/usr
    flags="-Wl,--export-dynamic -isystem $usr/include -L$usr/lib -largp -lerror -lexecinfo -lfts -lobstack"
fi

# compile SOURCE PROGRAM FLAG...
compile() {
    compiled=$1 program=$2
    shift 2
    case $triple in
    glibc) compiler=cc ;;
    *) compiler=$SDK/bin/$triple-clang ;;
    esac
    [ "${compiled%.cpp}" = "$compiled" ] || compiler="$compiler++"
    "$compiler" -O2 -g -Wall "$compiled" -o "$program" "$@" >messages 2>&1 || fail "does not compile: $(cat messages)"
    [ ! -s messages ] || fail "warnings: $(cat messages)"
    case $triple in
    *-lfi*) "$SDK/bin/lfi-verify" --mode="$(mode_of "$triple")" "$program" >messages 2>&1 || fail "does not verify: $(cat messages)" ;;
    esac
}

for runs in "$programs"/*.runs; do
    name=$(basename "$runs" .runs)
    if [ "$triple" = glibc ]; then case $name in all | bsd-headers) continue ;; esac fi # glibc has no sys/tree.h
    mkdir "$folder/$name"
    cd "$folder/$name"
    compile "$programs/$name".c* "$name" $flags
    while IFS= read -r arguments <&3; do
        status=0
        $runner "./$name" $arguments </dev/null >output 2>&1 || status=$?
        echo "\$ $name $arguments" | sed 's/ $//'
        cat output
        echo "exit status $status"
    done 3<"$runs" >everything
    diff -u "$programs/$name.expected" everything || fail 'other output'
done
[ "$triple" != glibc ] || exit 0

# Without the names of functions there are places in the file, which llvm-symbolizer knows.
name=execinfo
cd "$folder/$name"
compile "$programs/execinfo.c" plain -isystem "$usr/include" "-L$usr/lib" -lexecinfo
$runner ./plain raw >places
[ "$(grep -c '^\./plain(+0x[0-9a-f]*) \[0x[0-9a-f]*\]$' places)" = 2 ] || fail "not two places: $(cat places)"
sed 's/.*(+\(0x[0-9a-f]*\)).*/\1/' places | "$SDK/bin/llvm-symbolizer" -e plain -f --no-inlines | grep -x '[a-z][a-z]*' >names
[ "$(paste -s -d' ' names)" = 'innermost middle' ] || fail "not who called: $(cat places names)"

# Each package has its licence's text, and nothing names a folder of this machine.
name=packages
for package in $("$SOURCE/sysroot/optional/build-optional" --list | cut -d' ' -f1); do
    [ -n "$(find "$usr/share/licenses/$package" -type f -size +0)" ] || fail "$package has no licence text"
done
! grep -rlF -e "$SOURCE" -e "$folder" -e "${HOME:?}" "$usr" || fail 'names a folder of this machine'
