#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A library in a box by lfi_sandbox_library(), with all that it takes (sandbox/): for hosts in C and C++17, of gcc and
# clang, with glibc and musl, static ones too; what is edited is built again; and what is wrong is said. The same by
# Meson (examples/callbacks), with the SDK's liblfi and with one that is a subproject.
#   sandbox.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
sdk=$1 work=$2/sandbox
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"

prints() { # EXPECTED COMMAND...
    expected=$1
    shift
    "$@" >printed || die "$*: status $?"
    [ "$(cat printed)" = "$expected" ] || die "$* prints $(cat printed)"
}

# CMake.
cp -r "$here/sandbox" project
for pair in gcc,g++ clang-19,clang++-19; do
    cc=${pair%,*}
    run cmake -G Ninja -S project -B "$cc" -DCMAKE_PREFIX_PATH="$sdk" -DCMAKE_C_COMPILER="$cc" \
        -DCMAKE_CXX_COMPILER="${pair#*,}" -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' -DCMAKE_CXX_FLAGS='-Wall -Wextra -Werror'
    run cmake --build "$cc"
    for program in c c-static cpp cpp-static; do
        prints '1 2 3 4 6 -1' "$cc/$program"
    done
    ! readelf -l "$cc/c-static" | grep -q INTERP || die "c-static of $cc is not static"
done
sed -i 's/return 2;/return 22;/' project/two/part.c
sed -i 's/- 1/- 2/' project/archive.c
run cmake --build gcc
prints '1 22 3 3 6 -1' gcc/c
run cmake --build gcc
grep -q 'no work to do' log || die 'it is built again though nothing has changed'

# Mistakes.
refused() { # WHAT-IT-SAYS PREFIX
    rm -rf wrong-build
    ! cmake -G Ninja -S wrong -B wrong-build -DCMAKE_PREFIX_PATH="$2" >log 2>&1 || die "no error: $1"
    grep -q "$1" log || { cat log >&2 && die "it does not say: $1"; }
}
mkdir -p wrong alone/lib/cmake
cat >wrong/CMakeLists.txt <<'EOT'
cmake_minimum_required(VERSION 3.20)
project(wrong LANGUAGES C)
find_package(lfi REQUIRED)
lfi_sandbox_library(box sum.h SOURCES sum.c)
EOT
refused 'unknown or missing: sum.h' "$sdk"
sed -i 's/box sum.h/box HEADERS sum.h/' wrong/CMakeLists.txt
cp -r "$sdk/lib/cmake/lfi" alone/lib/cmake/
cp "$sdk"/lib/liblfi*.a alone/lib/
refused 'there is no lfi-bind' "$work/alone"

# A host with musl: liblfi is built by the host's compiler, as the rest of the host.
musl=$sdk/bin/$host-native-linux-musl-clang
if [ -x "$musl" ]; then
    run cmake -S "$root" --preset runtime -B "$work/musl" -DCMAKE_C_COMPILER="$musl"
    run cmake --build musl --target lfi lfi-verifier
    run "$musl" -O2 -Igcc -Iproject -I"$root/include" project/main.c gcc/partsbox.c musl/sdk/lib/liblfi.a \
        musl/sdk/lib/liblfi-verifier.a -lpthread -o musl-host
    prints '1 22 3 3 6 -1' ./musl-host
fi

# Meson.
cp -r "$root/examples/callbacks" callbacks
export PATH="$sdk/bin:$PATH"
expected=$(cat callbacks/expected)
PKG_CONFIG_PATH=$sdk/lib/pkgconfig run meson setup by-pkg-config callbacks
run ninja -C by-pkg-config
prints "$expected" by-pkg-config/callbacks
mkdir callbacks/subprojects
ln -s "$root" callbacks/subprojects/lfi
PKG_CONFIG_PATH='' run meson setup --wrap-mode forcefallback by-subproject callbacks
run ninja -C by-subproject callbacks
prints "$expected" by-subproject/callbacks
