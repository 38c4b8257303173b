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

make_check "$sdk"

run cmake -G Ninja -S "$here/embed" -B cmake -DCMAKE_PREFIX_PATH="$sdk"
run cmake --build cmake
runs_check cmake/embed
cmake/producers || die producers

PKG_CONFIG_PATH=$sdk/lib/pkgconfig PATH=$sdk/bin:$PATH run make -f "$here/embed/Makefile" CC=cc CXX=c++
runs_check ./by-pkg-config
runs_check ./by-lfi-config
./producers || die producers
