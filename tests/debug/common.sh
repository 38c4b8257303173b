# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# shellcheck shell=sh
# What the tests of debug information share; they source it. SDK and WORK come from
# the environment, TRIPLE is the first argument.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../runner.sh disable=SC1091
. "$here/../runner.sh"
triple=$1
arch=${triple%%-*}
# shellcheck source=x86_64/arch.sh disable=SC1091
. "$here/$arch/arch.sh"
# shellcheck disable=SC2034 # the tests use it
run=$(runner "$SDK" "$triple")
mode=$(mode_of "$triple")
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
    sources="lines.c $arch/lines-asm.S $arch/lines-macro.S here.c"
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
        object=$program-${source#*/}.o
        "$compiler" "$@" -fno-optimize-sibling-calls -c "$here/$source" -o "$object" 2>messages ||
            fail "$source $*: $(cat messages)"
        [ ! -s messages ] || fail "$source $*: $(cat messages)"
        objects="$objects $object"
    done
    # shellcheck disable=SC2086 # a list of words
    "$driver" $objects -o "$program" || fail "$* does not link"
    "$SDK/bin/lfi-verify" --mode="$mode" "$program" || fail "$* does not verify"
}
