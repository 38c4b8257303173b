# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# musl, static only. Its headers come first, because compiler-rt needs them; the library comes last,
# because its configure script asks for compiler-rt.

unpack_musl() {
    cp -a "$(source_of musl)" "$work/musl"
    cd "$work/musl"
    apply_patches musl
}

install_musl_headers() {
    cd "$work/musl"
    make -j"$jobs" ARCH="$arch" prefix=/usr DESTDIR="$prefix" install-headers
}

build_musl() {
    cd "$work/musl"
    ./configure --prefix=/usr --syslibdir=/lib --host="$triple" --disable-shared --disable-wrapper \
        CC="$sdk/bin/$triple-clang" AR="$sdk/bin/llvm-ar" RANLIB="$sdk/bin/llvm-ranlib" \
        CFLAGS="-O2 -g1 -fomit-frame-pointer"
    make -j"$jobs"
    # Of -g1 only what backtraces through musl need: no line numbers, no paths, nothing that is loaded.
    for file in lib/libc.a lib/*.o; do
        "$sdk/bin/llvm-objcopy" --strip-debug --keep-section=.debug_frame \
            --keep-section=.rela.debug_frame "$file"
    done
    make -j"$jobs" DESTDIR="$prefix" install-libs
}
