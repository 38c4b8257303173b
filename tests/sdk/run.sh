#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# run.sh NAME TRIPLE: compiles programs/NAME.c (and ARCH/NAME.S), or NAME.cpp (and NAME.c, as C with
# exceptions), with the SDK's clang for TRIPLE at each optimization level, verifies it, runs it in a box, and compares. TRIPLE `host' does the same with
# the machine's clang and no box: it tests the expectations. What is of one architecture only stands in
# programs/ARCH/. Beside NAME.c stand
#   NAME.expected   its standard output
#   NAME.walled     the same behind the second wall, if it is another there
#   NAME.status     its exit status, if not 0
#   NAME.stdin, NAME.args (one a line), NAME.env (one NAME=VALUE)
#   NAME.flags      for the compiler
#   NAME.dirs       what it is shown behind the second wall, where few files are not enough
# Environment: SDK (the SDK's folder), WORK (a folder for output), PROGRAMS (the folder of the
# programs; programs/ beside this script if it is not set), LEVELS (of optimization, one a line; all
# if it is not set), COMPILER (gcc: the machine's GCC for the box, instead of clang). Exit status 77: TRIPLE has no sysroot in this SDK.
# shellcheck disable=SC2086,SC2094,SC2153 # capital names come from the environment; `beside` reads other files; $options is a list
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../runner.sh disable=SC1091
. "$here/../runner.sh"
programs=${PROGRAMS:-$here/programs}
name=$1 triple=$2
arch=${triple%%-*}
[ "$arch" != host ] || arch=$(uname -m)
folder=$WORK/$triple/$name
level=

# The path of a file of the program with that suffix, if there is one; the architecture's own first.
path_of() {
    for path in "$programs/$arch/$name.$1" "$programs/$name.$1"; do
        [ ! -e "$path" ] || { echo "$path" && return; }
    done
}

# A file beside the program, or nothing.
beside() {
    path=$(path_of "$1")
    [ -z "$path" ] || cat "$path"
}

fail() {
    echo "$name ($triple $level): $*" >&2
    exit 1
}

# Options that put lfi-run behind its second wall, with few files.
walled="--restricted $(beside dirs)"
[ "$(path_of dirs)" ] || walled="$walled --dir /=$folder/inside --dir /dev=/dev --dir /proc=/proc"

# Runs $folder/program with the arguments given, and $options of lfi-run.
run() {
    variable=$(beside env)
    case $triple in
    host) env ${variable:+"$variable"} "$folder/program" "$@" ;;
    *) "$(runner "$SDK" "$triple")" $options ${variable:+--env "$variable"} "$folder/program" "$@" ;;
    esac
}

language=
[ -z "$(path_of cpp)" ] || language=++
case $triple in
host) compiler=clang$language-19 ;;
*)
    compiler=$SDK/bin/$triple-clang$language
    if [ "${COMPILER-}" = gcc ]; then
        compiler=$SDK/bin/$triple-g${language:-cc}-wrapper
    fi
    if [ ! -e "$SDK/sysroot/$triple/usr/lib/libc.a" ]; then
        echo "no sysroot for $triple" >&2
        exit 77
    fi
    ;;
esac

rm -rf "$folder"
mkdir -p "$folder/inside/tmp"
cd "$folder"
beside stdin >stdin
wanted=$(beside status)
if [ "$language" ]; then
    sources=$(path_of cpp)
    [ -z "$(path_of c)" ] || sources="$sources -x c -fexceptions $(path_of c) -x none"
else
    sources=$(path_of c)
fi
sources="$sources $(path_of S)"
set --
beside args >args
while read -r argument; do
    set -- "$@" "$argument"
done <args

# shellcheck source=../arch/x86_64.sh disable=SC1091
. "$here/../arch/$arch.sh"
printf '%s\n' "${LEVELS:--O0
-O2
-O3 -march=${newest:?}}" >levels
while read -r level <&3; do
    # shellcheck disable=SC2046,SC2086 # lists of words
    "$compiler" $level -g $(beside flags) -w $sources -o program -lm 2>messages ||
        fail "does not compile: $(cat messages)"
    if [ "$triple" != host ]; then
        "$SDK/bin/lfi-verify" --mode="$(mode_of "$triple")" program >messages 2>&1 || fail "does not verify: $(head messages)"
    fi
    # Nothing may differ behind the second wall, which QEMU does not have, but for what NAME.walled says.
    for options in "" "$walled"; do
        if [ "$options" ]; then
            [ "$level" = -O2 ] && [ "$triple" != host ] && ! emulated "$triple" || continue
        fi
        status=0
        (run "$@") <stdin >output 2>messages || status=$?
        if [ "$status" -eq 77 ] && [ "$(path_of processor)" ]; then
            echo "this processor does not have: $(beside processor)" >&2
            exit 77
        fi
        [ "$status" -eq "${wanted:-0}" ] ||
            fail "$options exit status $status instead of ${wanted:-0}: $(tail -n 5 output messages)"
        expected=$(path_of expected)
        [ -z "$options" ] || [ -z "$(path_of walled)" ] || expected=$(path_of walled)
        diff -u "$expected" output || fail "$options other output"
    done
done 3<levels
