#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds an example (or one of this folder, against an example's code) with the SDK's CMake package, runs it, and compares what it prints.
#   run.sh SDK-FOLDER WORK-FOLDER NAME [COMPILER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
sdk=$1 work=$2/$3-${4:-cc} name=$3
set --
[ "$work" = "${work%-cc}" ] && set -- -DCMAKE_C_COMPILER="${work##*/"$name"-}"
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
cmake -G Ninja -S "$source" -B "$work" -DCMAKE_PREFIX_PATH="$sdk" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
cmake --build "$work" >>"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
case $name in
png) set -- "$("$root/toolchain/fetch" libpng)/pngtest.png" ;;
sqlite | hostile-files) mkdir "$work/folder" && set -- "$work/folder" ;;
jpeg) set -- "$("$root/toolchain/fetch" libjpeg-turbo)/testimages/testorig.jpg" ;;
*) set -- ;;
esac
"$work/$name" "$@" >"$work/printed"
diff -u "$source/expected" "$work/printed"
