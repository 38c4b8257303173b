#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Programs of the host that embed the SDK's libraries (embed/), built with the CMake package, with lfi.pc
# and with what lfi-config prints.
#   embed.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 work=$2/embed
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"

"$sdk/bin/$host-lfi-linux-musl-clang" -I"$here/project" "$here/project/check.c" "$here/project/words.c" -o check
runs_check() {
    "$1" ./check 2>said || { cat said >&2 && die "$1"; }
    grep -q '^embed: the program ended with status 0$' said || die "$1 says something else"
}

run cmake -G Ninja -S "$here/embed" -B cmake -DCMAKE_PREFIX_PATH="$sdk"
run cmake --build cmake
runs_check cmake/embed
cmake/producers || die producers

PKG_CONFIG_PATH=$sdk/lib/pkgconfig PATH=$sdk/bin:$PATH run make -f "$here/embed/Makefile" CC=cc CXX=c++
runs_check ./by-pkg-config
runs_check ./by-lfi-config
./producers || die producers
