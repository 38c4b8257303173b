# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164 # variables come from build-sysroot, which runs it with -e
#
# compiler-rt's runtime of -fsanitize-minimal-runtime: one file, which needs only musl.

build_ubsan_minimal() {
    compiler_rt=$(source_of llvm)/compiler-rt
    rm -rf "$work/ubsan-minimal"
    cp -R "$compiler_rt/lib/ubsan_minimal" "$work/ubsan-minimal"
    cd "$work/ubsan-minimal"
    apply_patches ubsan-minimal
    "$sdk/bin/$triple-clang++" -O2 -fPIC -std=c++17 -nostdinc++ -fno-exceptions -fno-rtti \
        -ffunction-sections -fvisibility=hidden -DSANITIZER_COMMON_NO_REDEFINE_BUILTINS \
        -I"$compiler_rt/lib" -ffile-prefix-map="$compiler_rt=compiler-rt" \
        -c ubsan_minimal_handlers.cpp -o "$work/ubsan_minimal.o"
    "$sdk/bin/llvm-ar" rcsD "$runtime/libclang_rt.ubsan_minimal.a" "$work/ubsan_minimal.o"
}
