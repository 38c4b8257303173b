#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds an example (or one of this folder, against an example's code) with the SDK's CMake package, runs it, and
# compares what it prints. Hosts of another ARCH than the machine's are built by the SDK's compiler.
#   run.sh SDK-FOLDER WORK-FOLDER NAME ARCH [COMPILER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
sdk=$1 work=$2/$3-$4${5+-$5} name=$3 arch=$4
# shellcheck source=tests/runner.sh
. "$root/tests/runner.sh"
run=$(runner "$sdk" "$arch-native-linux-musl")
if emulated "$arch"; then
    set -- --toolchain "$sdk/share/cmake/$arch-native-toolchain.cmake" -Dlfi_DIR="$sdk/lib/cmake/lfi"
else
    set -- -DCMAKE_PREFIX_PATH="$sdk" ${5+-DCMAKE_C_COMPILER="$5"}
fi
case $name in
zlib) set -- "$@" -DZLIB="$("$root/toolchain/fetch" zlib)" ;;
expat) set -- "$@" -DEXPAT="$("$root/toolchain/fetch" expat)" ;;
png) set -- "$@" -DZLIB="$("$root/toolchain/fetch" zlib)" -DPNG="$("$root/toolchain/fetch" libpng)" ;;
sqlite) set -- "$@" -DSQLITE="$("$root/toolchain/fetch" sqlite)" ;;
jpeg) set -- "$@" -DJPEG="$("$root/toolchain/fetch" libjpeg-turbo)" ;;
esac
source=$root/examples/$name
[ -d "$source" ] || source=$here/$name
rm -rf "$work"
mkdir -p "$work"
cmake -G Ninja -S "$source" -B "$work" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' \
    "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
cmake --build "$work" >>"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
case $name in
png) set -- "$("$root/toolchain/fetch" libpng)/pngtest.png" ;;
sqlite | hostile-files) mkdir "$work/folder" && set -- "$work/folder" ;;
jpeg) set -- "$("$root/toolchain/fetch" libjpeg-turbo)/testimages/testorig.jpg" ;;
*) set -- ;;
esac
# shellcheck disable=SC2086 # a command or nothing
$run "$work/$name" "$@" >"$work/printed"
diff -u "$source/expected" "$work/printed"
