# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# compiler-rt's builtins and crtbegin/crtend, by its own CMake files, into clang's resource folder,
# where the driver looks for them: lib/<triple>/.

build_compiler_rt() {
    configure_cmake "$(source_of llvm)/compiler-rt/lib/builtins" "$work/compiler-rt" \
        -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY \
        -DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON \
        -DCOMPILER_RT_DEFAULT_TARGET_ONLY=ON \
        -DCOMPILER_RT_BUILD_CRT=ON \
        -DCOMPILER_RT_EXCLUDE_ATOMIC_BUILTIN=OFF \
        -DCOMPILER_RT_CRT_USE_EH_FRAME_REGISTRY=OFF \
        -DLLVM_ENABLE_PER_TARGET_RUNTIME_DIR=ON \
        $ARCH_COMPILER_RT
    cmake --build "$work/compiler-rt" -j "$jobs"
    find "$work/compiler-rt/lib" -name 'libclang_rt.builtins*.a' -exec cp {} "$runtime/libclang_rt.builtins.a" \;
    find "$work/compiler-rt/lib" -name 'clang_rt.crtbegin*.o' -exec cp {} "$runtime/clang_rt.crtbegin.o" \;
    find "$work/compiler-rt/lib" -name 'clang_rt.crtend*.o' -exec cp {} "$runtime/clang_rt.crtend.o" \;
    # What it lacks.
    for file in "$here/builtins/${triple%%-*}"/*.c; do
        [ -f "$file" ] || continue
        "$sdk/bin/$triple-clang" -O2 -fPIC -Wall -Wextra -Werror -ffunction-sections \
            -ffile-prefix-map="$here/=sysroot/" -c "$file" -o "$work/compiler-rt/$(basename "$file" .c).o"
        "$sdk/bin/llvm-ar" rDs "$runtime/libclang_rt.builtins.a" "$work/compiler-rt/$(basename "$file" .c).o"
    done
    # Makefiles name GCC's libraries; what is in them is in compiler-rt and libunwind.
    mkdir -p "$prefix/usr/lib"
    for name in atomic gcc gcc_eh gcc_s; do
        "$sdk/bin/llvm-ar" rcsD "$prefix/usr/lib/lib$name.a"
    done
    ls -l "$runtime/libclang_rt.builtins.a" "$runtime/clang_rt.crtbegin.o" "$runtime/clang_rt.crtend.o"
}
