# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# shellcheck shell=sh
# What the tests of debug information share; they source it. SDK and WORK come from
# the environment, TRIPLE is the first argument.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
triple=$1
clang=$SDK/bin/$triple-clang
with_cxx=no
if [ ! -e "$SDK/sysroot/$triple/usr/lib/libc.a" ]; then
    echo "no sysroot for $triple" >&2
    exit 77
fi
[ ! -e "$SDK/sysroot/$triple/usr/lib/libc++.a" ] || with_cxx=yes
folder=$WORK/$triple/$(basename "$0" .sh)${2:+-$2}
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

fail() {
    echo "$triple: $*" >&2
    exit 1
}

# build_lines PROGRAM FLAG...: all sources of lines.*; their objects stay
build_lines() {
    program=$1
    shift
    sources="lines.c lines-asm.S lines-macro.S here.c"
    objects=
    driver=$clang
    if [ $with_cxx = yes ]; then
        sources="$sources lines-c++.cc"
        driver=$clang++
        set -- "$@" -DCXX
    fi
    for source in $sources; do
        case $source in
        *.cc) compiler=$clang++ ;;
        *) compiler=$clang ;;
        esac
        "$compiler" "$@" -fno-optimize-sibling-calls -c "$here/$source" -o "$program-$source.o" 2>messages ||
            fail "$source $*: $(cat messages)"
        [ ! -s messages ] || fail "$source $*: $(cat messages)"
        objects="$objects $program-$source.o"
    done
    # shellcheck disable=SC2086 # a list of words
    "$driver" $objects -o "$program" || fail "$* does not link"
    "$SDK/bin/lfi-verify" "$program" || fail "$* does not verify"
}
