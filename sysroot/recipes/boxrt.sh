# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2086 # variables come from build-sysroot, which runs it with -e
#
# boxrt, our own: what a library in a box is linked with instead of a main(); docs/sandbox-a-library.md.

build_boxrt() {
    case $triple in *-native-*) return 0 ;; esac # has no box to rest in
    compile_boxrt="$sdk/bin/$triple-clang -O2 -fPIC -Wall -Wextra -Werror -fno-stack-protector -ffunction-sections
        -I$here/../include -I$here/boxrt/${triple%%-*} -ffile-prefix-map=$here/=sysroot/"
    $compile_boxrt -c "$here/boxrt/boxrt.c" -o "$work/boxrt.o"
    $compile_boxrt -fno-builtin -c "$here/boxrt/minimal.c" -o "$work/boxrt_minimal.o"
    "$sdk/bin/llvm-ar" rcsD "$prefix/usr/lib/libboxrt.a" "$work/boxrt.o"
    "$sdk/bin/llvm-ar" rcsD "$prefix/usr/lib/libboxrt_minimal.a" "$work/boxrt_minimal.o"
}
