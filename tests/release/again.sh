#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# again.sh CASE: the release made once more, elsewhere, is the same byte for byte.
#   programs   our own programs and libraries compiled again in another folder, the rest of the SDK copied,
#              and the release packed again
#   whole      a copy of the repository built from the fetched archives alone, nothing from the cache
# Environment: SOURCE, SDK, CACHE, DIST, VERSION, PROVIDER, WORK (scratch), CC, CXX, HOST, ARCHS (of
# the releases, with commas).
set -eu
die() { echo "FAILED: $*" >&2; exit 1; }

other="$WORK/another-folder/$1" # the kernel does not build in one with a space
rm -rf "$other"
mkdir -p "$other"
umask 077 # what is packed does not depend on it
unset SOURCE_DATE_EPOCH

case $1 in
programs)
    : >"$WORK/programs.log"
    build() { # FOLDER OPTION...: into its `sdk`
        folder=$1
        shift
        cmake -G Ninja -S "$SOURCE" -B "$folder" -DCMAKE_BUILD_TYPE=Release -DLFI_BUILD_SDK=OFF \
            -DBUILD_TESTING=OFF "$@" >>"$WORK/programs.log"
        cmake --build "$folder" >>"$WORK/programs.log"
    }
    build "$other" -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX"
    mv "$other/sdk" "$other/rebuilt"
    for arch in $(echo "$ARCHS" | tr , ' '); do
        [ "$arch" != "$HOST" ] || continue
        build "$other/$arch" --toolchain "$SDK/share/cmake/$arch-native-toolchain.cmake" -DLFI_BUILD_TOOLS=OFF \
            -DLFI_SDK_DIR="$other/rebuilt/targets/$arch"
    done
    cp -R "$SDK" "$other/sdk" # no links, time stamps or owners
    (cd "$other/rebuilt" && find . -type f) >"$WORK/rebuilt"
    [ "$(wc -l <"$WORK/rebuilt")" -ge 8 ] || die 'these are not all of our programs'
    while read -r file; do
        cmp "$other/rebuilt/$file" "$SDK/$file" || die "$file"
    done <"$WORK/rebuilt"
    cp -R "$other/rebuilt/." "$other/sdk"
    for arch in $(echo "$ARCHS" | tr , ' '); do
        for kind in lfi native; do
            LFI_CACHE_DIR=$CACHE "$SOURCE/release/bundle" --sdk="$other/sdk" --name="$arch-$kind" --version="$VERSION" \
                --work="$other/work" --dist="$other/dist" --host="$HOST" --provider="$PROVIDER"
        done
    done
    LFI_CACHE_DIR=$CACHE "$SOURCE/release/extras" --sdk="$other/sdk" --version="$VERSION" --work="$other/work" \
        --dist="$other/dist"
    ;;
whole)
    git clone -q "$SOURCE" "$other/clone"
    # What is not committed, too.
    git -C "$SOURCE" ls-files -z --cached --others --exclude-standard |
        tar -C "$SOURCE" --null -T - --ignore-failed-read -cf - | tar -C "$other/clone" -xf -
    mkdir "$other/cache"
    ln -s "$CACHE/archives" "$other/cache/"
    cmake --preset default -S "$other/clone" -B "$other/build" -DLFI_CACHE_DIR="$other/cache" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DLFI_LLVM_PROVIDER="$PROVIDER" \
        -DLFI_DIST_DIR="$other/dist" -DLFI_ARCHS="$(echo "$ARCHS" | tr , ';')" -DBUILD_TESTING=OFF
    cmake --build "$other/build" --target release
    ;;
*) die "no such case: $1" ;;
esac
for file in "$other/dist"/*; do
    cmp "$file" "$DIST/${file##*/}" || die "${file##*/} is not the same"
    echo "the same: ${file##*/}"
done
rm -rf "$other"
