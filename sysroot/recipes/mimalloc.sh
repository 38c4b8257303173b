# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# mimalloc, as upstream's CMake files build it: one object from one file. libmimalloc.a has only the
# functions mi_*; mimalloc.o, which `-l:mimalloc.o` links, is the malloc of a whole program too. Without
# __USE_ISOC11 it would leave aligned_alloc to musl, which then refuses.

build_mimalloc() {
    cp -a "$(source_of mimalloc)" "$work/mimalloc"
    cd "$work/mimalloc"
    apply_patches mimalloc
    compile_mimalloc="$sdk/bin/$triple-clang -O3 -DNDEBUG -DMI_STATIC_LIB -Iinclude -fPIC -fvisibility=hidden
        -ftls-model=local-exec -fno-builtin-malloc -D__USE_ISOC11=1 -w -ffile-prefix-map=$work/mimalloc=mimalloc"
    $compile_mimalloc -c src/static.c -o functions.o
    "$sdk/bin/llvm-ar" rcsD "$prefix/usr/lib/libmimalloc.a" functions.o
    $compile_mimalloc -DMI_MALLOC_OVERRIDE -c src/static.c -o "$prefix/usr/lib/mimalloc.o"
    # Made by a C compiler its operators new cannot throw; libc++'s can, and call malloc.
    "$sdk/bin/llvm-objcopy" --wildcard --localize-symbol='_Zn*' --localize-symbol='_Zd*' "$prefix/usr/lib/mimalloc.o"
    cp include/mimalloc.h include/mimalloc-new-delete.h include/mimalloc-override.h "$prefix/usr/include/"
}
