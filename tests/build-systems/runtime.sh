#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The runtime without the SDK: built by CMake's preset and by Meson, installed, moved, and embedded in programs of the
# host (embed/) by each way: archives and shared library, gcc and clang, static; as a subproject of Meson.
#   runtime.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
sdk=$1 work=$2/runtime
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"

make_check "$sdk"

# No C++ compiler is needed.
CXX=/nonexistent run cmake -S "$source" --preset runtime -B "$work/cmake" -DCMAKE_INSTALL_PREFIX="$work/first"
run cmake --build cmake
run cmake --install cmake
mv first prefix
for program in lfi-run lfi-verify; do
    prefix/bin/$program --version >version || die "$program of CMake"
done
prefix/bin/lfi-run ./check || die 'lfi-run of CMake'

# Visible is what a public header declares and what debuggers look for.
nm -D --defined-only --format=posix prefix/lib/liblfi.so | awk '$2 != "A" { sub(/@.*/, "", $1); print $1 }' |
    grep -v '^__jit_debug_' | sort >visible
cat prefix/include/lfi/*.h | grep -o 'lfi_[a-z0-9_]*(' | tr -d '(' | sort -u >declared
[ "$(comm -23 visible declared)" = '' ] || die "not declared: $(comm -23 visible declared)"
grep -qx lfi_box_new visible || die 'lfi_box_new is not visible'
for archive in prefix/lib/*.a; do
    bare=$(nm --defined-only --extern-only --format=posix "$archive" |
        awk '$2 ~ /^[A-Z]$/ && $1 !~ /^(lfi_|__jit_debug_)/ { print $1 }')
    [ -z "$bare" ] || die "$archive has $bare"
done

export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"
for cc in gcc clang-19; do
    for standard in c11 c17; do
        # shellcheck disable=SC2046 # options
        run $cc -std=$standard -Wall -Wextra -Werror "$here/embed/embed.c" $(pkg-config --cflags --libs lfi) -o static-$cc
        runs_check ./static-$cc
    done
    # shellcheck disable=SC2046 # options
    run $cc -static "$here/embed/embed.c" $(pkg-config --cflags --libs lfi) -o all-static-$cc
    runs_check ./all-static-$cc
    # shellcheck disable=SC2046 # options
    run $cc "$here/embed/embed.c" $(pkg-config --cflags --libs lfi-shared) -o shared-$cc
    runs_check env LD_LIBRARY_PATH="$work/prefix/lib" ./shared-$cc
done
# A host may dlopen() it, and it stays when closed.
run gcc -Wall -Wextra -Werror "$here/embed/plugin.c" -o plugin
run ./plugin "$work/prefix/lib/liblfi.so"
# The headers are C++, too, and no name of the host's own gets in the way.
cat >names.cpp <<'EOF'
#include <lfi/linux.h>
extern "C" int machine_run(void) { return 0; }
extern "C" int put_line(void) { return 0; }
extern "C" int core_explain(void) { return 0; }
int main() { return lfi_page_size() == 0 || lfi_box_free(nullptr) || machine_run() || put_line() || core_explain(); }
EOF
# shellcheck disable=SC2046 # options
run c++ -std=c++17 -Wall -Wextra -Werror names.cpp $(pkg-config --cflags --libs lfi) -o names
./names || die names

run cmake -G Ninja -S "$here/runtime" -B embed -DCMAKE_PREFIX_PATH="$work/prefix"
run cmake --build embed
runs_check embed/embed
runs_check embed/embed-shared

# Meson: as a project, and as a subproject.
run meson setup meson "$source"
run ninja -C meson
meson/runtime/lfi-run ./check || die 'lfi-run of Meson'
meson/verifier/lfi-verify ./check || die 'lfi-verify of Meson'
mkdir -p host/subprojects
ln -s "$source" host/subprojects/lfi
cp "$here/embed/embed.c" host/
cat >host/meson.build <<'EOF'
project('host', 'c')
executable('embed', 'embed.c', dependencies: dependency('lfi', fallback: ['lfi', 'lfi_dep']))
EOF
run meson setup host/build host
run ninja -C host/build embed
runs_check host/build/embed
[ "$(meson/runtime/lfi-run --version)" = "$(prefix/bin/lfi-run --version)" ] || die 'two versions'
