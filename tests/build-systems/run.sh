#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds, tests and installs project/ with one of the SDK's ways into a build system.
#   run.sh SDK-FOLDER WORK-FOLDER CASE [TARGET]        TARGET is ARCH-VENDOR; CASE one of those below
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 case=$3 target=${4-$(uname -m)-lfi}
work=$2/$case-$target triple=$target-linux-musl
rm -rf "$work"
mkdir -p "$work"
cd "$work"
unset CC CXX CFLAGS CXXFLAGS LDFLAGS PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR DESTDIR
config=$sdk/bin/lfi-config
emulator=$("$config" --emulator="$target")
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
# shellcheck source=tests/runner.sh
. "$here/../runner.sh"

case $target in
*-native) expected_target='native' ;;
*-lfi) expected_target='lfi full' ;;
*-lfi_*) expected_target="lfi ${target#*-lfi_}" ;;
esac

# prints_well PROGRAM RUNS: the program is for the target, was configured as it should, and verifies.
prints_well() {
    cat >expected <<EOF
target: $expected_target
runs while configuring: $2
zlib of the host: no
2 two words
EOF
    in_box "$1" 'two words' >printed || die "$1 does not run"
    diff expected printed >&2 || die "$1 prints something else"
    case $target in
    *-native) ;;
    *) "$sdk/bin/lfi-verify" --mode="$(mode_of "$target")" "$1" || die "$1 does not verify" ;;
    esac
}

in_box() {
    program=$PWD/$1
    shift
    ${emulator:+"$emulator"} "$program" "$@"
}

# has_tests LOG NUMBER: so many tests ran.
has_tests() {
    grep -qE "$2" "$1" || { cat "$1" >&2 && die "not all tests passed"; }
}

with_cmake() {
    cmake -G Ninja --toolchain "$("$config" --cmake-toolchain-file="$target")" -DCMAKE_BUILD_TYPE=Release "$@" >cmake.log 2>&1 ||
        { cat cmake.log >&2 && die 'cmake'; }
}

case $case in
cmake)
    case $target in # lfi-exec runs what is for a box, or for this machine
    "$(uname -m)-native" | *-lfi*) by_path=ON tests=6 ;;
    *) by_path=OFF tests=3 ;;
    esac
    with_cmake -S "$here/project" -B build -DCMAKE_INSTALL_PREFIX=/usr -DBY_PATH=$by_path
    run cmake --build build
    run ctest --test-dir build --output-on-failure
    has_tests log "100% tests passed, 0 tests failed out of $tests"
    prints_well build/program yes
    # Installed and stripped, it is found by another project, where all else comes from the sysroot.
    DESTDIR=$work/stage run cmake --install build --strip
    prints_well stage/usr/bin/program yes
    export PKG_CONFIG_SYSROOT_DIR="$work/stage"
    with_cmake -S "$here/consumer" -B consumer -DCMAKE_FIND_ROOT_PATH="$work/stage"
    run cmake --build consumer
    run ctest --test-dir consumer --output-on-failure
    has_tests log '100% tests passed, 0 tests failed out of 2'
    # A source folder called as the binary folder is, as libtiff has one.
    mkdir -p same/build
    echo 'int x;' >same/x.c
    printf 'cmake_minimum_required(VERSION 3.20)\nproject(p C)\nadd_library(p x.c)\nadd_subdirectory(build)\n' >same/CMakeLists.txt
    echo 'add_library(q ../x.c)' >same/build/CMakeLists.txt
    with_cmake -S same -B same/build
    run cmake --build same/build
    [ -f same/build/libp.a ] && [ -f same/build/build/libq.a ] || die 'a folder called build'
    ;;
meson)
    # With the SDK in PATH, the file in share/ will do.
    PATH=$sdk/bin:$PATH run meson setup --cross-file "$sdk/share/meson/$target.ini" "$here/project" in-path
    "$config" --meson-cross-file="$target" >cross.ini
    run meson setup --cross-file cross.ini --prefix /usr --libdir lib "$here/project" build
    run meson compile -C build
    run meson test -C build
    has_tests log '^Ok: +3'
    prints_well build/program yes
    diff printed build/made.txt >&2 || die 'a custom target'
    DESTDIR=$work/stage run meson install -C build --strip
    prints_well stage/usr/bin/program yes
    ;;
autoconf)
    cp -r "$here/project" source
    (cd source && autoreconf -fi) >autoreconf.log 2>&1 || { cat autoreconf.log >&2 && die autoreconf; }
    [ "$(source/build-aux/config.sub "$triple")" = "$triple" ] || die 'config.sub'
    mkdir build
    cd build
    export PATH="$sdk/bin:$PATH"
    run ../source/configure --host="$triple"
    run make check LOG_COMPILER="$emulator"
    has_tests log '^# PASS: +2$'
    for tool in CC=gcc CXX=g++ AR=ar RANLIB=ranlib; do
        grep -qx "${tool%=*} = $triple-${tool#*=}" Makefile || die "$tool is the host's"
    done
    if [ -n "$emulator" ]; then prints_well program no; else prints_well program yes; fi
    run make install DESTDIR="$work/stage" prefix=/usr
    "$triple-clang" -I"$work/stage/usr/include" "$here/project/check.c" -L"$work/stage/usr/lib" -lwords -o installed
    in_box installed || die 'the installed library'
    ;;
*) die "no such case: $case" ;;
esac
