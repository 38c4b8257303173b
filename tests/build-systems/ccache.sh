#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A second build comes from ccache, and what must be compiled again is.
#   ccache.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 work=$2/ccache
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset CC CXX
export CCACHE_DIR="$work/cache" CCACHE_CONFIGPATH="$work/ccache.conf"
: >ccache.conf
cp -r "$here/project" project
files=7 # are compiled in a build: six in C, one in C++

# build TARGET [VARIABLE=VALUE]: compiles all; the objects' sums are in `objects-NUMBER`, what ccache did in `stats`.
number=0
build() {
    [ -d "build-$1" ] || run cmake -G Ninja --toolchain "$("$sdk/bin/lfi-config" --cmake-toolchain-file="$1")" \
        -S project -B "build-$1" \
        -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
    ccache --zero-stats >log
    run env "${2-CCACHE_DIR=$CCACHE_DIR}" cmake --build "build-$1" --clean-first
    ccache --print-stats >stats
    number=$((number + 1))
    find "build-$1/CMakeFiles" -name '*.o' -exec sha256sum {} + | sort -k 2 >objects-$number
    [ -s objects-$number ] || die 'no objects'
}
# counted NAME NUMBER
counted() {
    found=$(awk -v name="$1" '$1 == name { print $2 }' stats)
    [ "$found" = "$2" ] || { cat stats >&2 && die "build $number: $1 is $found, not $2"; }
}

build $host-lfi
counted cache_miss "$files"
build $host-lfi
counted direct_cache_hit "$files"
counted cache_miss 0
cmp objects-1 objects-2
build $host-lfi CCACHE_NODIRECT=1
counted preprocessed_cache_hit "$files"
counted cache_miss 0
cmp objects-1 objects-3

# Nothing of one target serves another one.
for target in $host-lfi_stores $host-lfi_jumps $host-native; do
    build $target
    counted cache_miss "$files"
done

# A header that all include has changed.
echo 'extern int changed;' >>project/words.h
build $host-lfi
counted cache_miss "$files"

# The files that decide beside clang: with another assembler nothing of the old one is used.
copy "$sdk" sdk
sdk=$work/sdk
rm -rf build-$host-lfi
CCACHE_EXTRAFILES=$("$sdk/bin/lfi-config" --ccache-files)
export CCACHE_EXTRAFILES
build $host-lfi
counted cache_miss "$files"
build $host-lfi
counted direct_cache_hit "$files"
assembler=$sdk/libexec/lfi/lfi-as
cp "$assembler" other && echo ' ' >>other && rm "$assembler" && mv other "$assembler"
build $host-lfi
counted cache_miss "$files"
rm -rf "$sdk"
