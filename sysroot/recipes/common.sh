# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# What the recipes share. Sourced by sysroot/build-sysroot, which sets:
#
#   triple   the target, for example x86_64-lfi-linux-musl      sdk       the SDK being filled
#   prefix   where its sysroot goes: $sdk/sysroot/$triple       work      scratch folder of this triple
#   jobs     parallel jobs                                      here      the folder sysroot/
#   ARCH_*   what cmake/Arch.cmake says of its architecture
#
# `runtime` is where clang looks for compiler-rt: its resource folder, lib/$triple.
# A recipe is a function of shell commands; `step` runs it, writes what it says to a log and shows
# only a line with the time it took, or the log's end when it failed.

start=$(date +%s)

say() {
    printf '[%3ds] %s: %s\n' $(($(date +%s) - start)) "$triple" "$*"
}

# step NAME COMMAND...
step() {
    step_name=$1
    shift
    step_log=$work/$step_name.log
    say "$step_name"
    # A subshell of its own, so that `set -e` stops the recipe at its first failing command.
    set +e
    (
        set -e
        "$@"
    ) >"$step_log" 2>&1 </dev/null
    step_status=$?
    set -e
    if [ $step_status -ne 0 ]; then
        say "$step_name failed; the end of $step_log:" >&2
        tail -n 30 "$step_log" >&2
        exit 1
    fi
}

# The folder of a fetched source.
source_of() {
    "$here/../toolchain/fetch" --offline "$1"
}

# apply_patches NAME: applies patches/NAME to what is in this folder.
apply_patches() {
    for patch in "$here/patches/$1"/*.patch; do
        echo "applying $(basename "$patch")"
        patch -p1 --batch --forward <"$patch"
    done
}

# configure_cmake SOURCE BUILD OPTION...: configures a CMake project for the target.
configure_cmake() {
    cmake_source=$1 cmake_build=$2
    # No path of this machine in what is built.
    cmake_flags="-fmacro-prefix-map=${cmake_source%/*}=. -fmacro-prefix-map=$work=build"
    shift 2
    cmake -G Ninja -S "$cmake_source" -B "$cmake_build" \
        -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_FLAGS="$cmake_flags" \
        -DCMAKE_CXX_FLAGS="$cmake_flags" \
        -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG" \
        -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
        -DCMAKE_INSTALL_PREFIX=/usr \
        -DCMAKE_SYSTEM_NAME=Linux \
        -DCMAKE_C_COMPILER="$sdk/bin/$triple-clang" \
        -DCMAKE_CXX_COMPILER="$sdk/bin/$triple-clang++" \
        -DCMAKE_ASM_COMPILER="$sdk/bin/$triple-clang" \
        -DCMAKE_C_COMPILER_TARGET="$triple" \
        -DCMAKE_CXX_COMPILER_TARGET="$triple" \
        -DCMAKE_ASM_COMPILER_TARGET="$triple" \
        -DCMAKE_AR="$sdk/bin/llvm-ar" \
        -DCMAKE_NM="$sdk/bin/llvm-nm" \
        -DCMAKE_RANLIB="$sdk/bin/llvm-ranlib" \
        "$@"
}
