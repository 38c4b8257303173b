#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# confined-musl.sh ARCH: lfi-run built with musl, whose host calls are others than glibc's, runs programs behind the second
# wall. Environment: SDK, SOURCE (the project), WORK (a folder for output). Exit status 77: no sysroot in this SDK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=$1
triple=$arch-lfi-linux-musl
for name in "$triple" "$arch-native-linux-musl"; do
    [ -e "$SDK/sysroot/$name/usr/lib/libc.a" ] || exit 77
done
rm -rf "$WORK"
mkdir -p "$WORK/inside"
cmake -G Ninja -S "$SOURCE" -B "$WORK/build" --toolchain "$SDK/share/cmake/$arch-native-toolchain.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DLFI_SDK_DIR="$WORK/sdk" -DLFI_BUILD_SDK=OFF -DLFI_BUILD_TOOLS=OFF \
    -DBUILD_TESTING=OFF >"$WORK/log" 2>&1 || { cat "$WORK/log" && exit 1; }
cmake --build "$WORK/build" --target lfi-run -j 2 >"$WORK/log" 2>&1 || { cat "$WORK/log" && exit 1; }
run=$WORK/sdk/bin/lfi-run

fail()
{
    echo "FAILED: $*: $(tail -n 5 "$WORK/output" "$WORK/messages")"
    exit 1
}

for name in hello memory threads threads-all file-io files-all pipes poll-select time; do
    # shellcheck disable=SC2046 # a list of words
    "$SDK/bin/$triple-clang" -O2 -w $(cat "$here/programs/$name.flags" 2>/dev/null) "$here/programs/$name.c" \
        -o "$WORK/$name" -lm
    status=0
    "$run" -V -r --dir /=/ --wd "$WORK/inside" "$WORK/$name" </dev/null >"$WORK/output" 2>"$WORK/messages" ||
        status=$?
    [ $status -eq "$(cat "$here/programs/$name.status" 2>/dev/null || echo 0)" ] || fail "$name: status $status"
    cmp "$here/programs/$name.expected" "$WORK/output" || fail "$name: other output"
    grep -q 'second wall: ' "$WORK/messages" || fail "$name: no wall"
done
"$SDK/bin/$triple-clang" -O2 "$here/restricted.c" -o "$WORK/restricted"
echo text >"$WORK/inside/file"
[ "$("$run" -r --dir /data="$WORK/inside" "$WORK/restricted" cat /data/file)" = text ] || fail "a file inside"
"$run" -r --dir /data="$WORK/inside" "$WORK/restricted" write /data/made >"$WORK/output" 2>&1 || fail "a new file"
