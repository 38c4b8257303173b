# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# The C++ runtime of LLVM by its own CMake files, static only: libunwind, and libc++ with libc++abi's
# objects in it, so that `clang++` links with -lc++ alone. Hardening and ABI options are upstream's.

# LLVM's tree as links, but for libunwind, which is patched, and `runtimes`, which looks for it beside itself.
link_llvm() {
    mkdir "$work/llvm"
    ln -s "$(source_of llvm)"/* "$work/llvm/"
    cd "$work/llvm"
    for folder in libunwind runtimes; do
        rm $folder
        cp -a "$(source_of llvm)/$folder" .
    done
    apply_patches libunwind
}

build_cxx() {
    link_llvm
    # CMake's first look at a compiler links a program, which these libraries are needed for: C gets
    # on without the unwinder, C++ is taken on trust.
    configure_cmake "$work/llvm/runtimes" "$work/c++" \
        -DLLVM_ENABLE_RUNTIMES="libunwind;libcxxabi;libcxx" \
        -DLLVM_DEFAULT_TARGET_TRIPLE="$triple" \
        -DLLVM_INCLUDE_TESTS=OFF \
        -DLLVM_INCLUDE_DOCS=OFF \
        -DCMAKE_EXE_LINKER_FLAGS=--unwindlib=none \
        -DCMAKE_CXX_COMPILER_WORKS=ON \
        -DLIBUNWIND_ENABLE_SHARED=OFF \
        -DLIBUNWIND_USE_COMPILER_RT=ON \
        -DLIBUNWIND_INCLUDE_TESTS=OFF \
        -DLIBCXXABI_ENABLE_SHARED=OFF \
        -DLIBCXXABI_USE_COMPILER_RT=ON \
        -DLIBCXXABI_USE_LLVM_UNWINDER=ON \
        -DLIBCXXABI_INCLUDE_TESTS=OFF \
        -DLIBCXX_ENABLE_SHARED=OFF \
        -DLIBCXX_ENABLE_STATIC_ABI_LIBRARY=ON \
        -DLIBCXX_USE_COMPILER_RT=ON \
        -DLIBCXX_HAS_MUSL_LIBC=ON \
        -DLIBCXX_INSTALL_MODULES=OFF \
        -DLIBCXX_INCLUDE_TESTS=OFF \
        -DLIBCXX_INCLUDE_BENCHMARKS=OFF
    cmake --build "$work/c++" -j "$jobs"
    DESTDIR=$prefix cmake --install "$work/c++"
}
