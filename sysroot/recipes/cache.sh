# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# The key of a sysroot: a sum over everything that goes into it, which is the recipes and patches, the
# pinned sources, and the programs that compile them. Finished sysroots are kept under their key.

cache_key() {
    {
        # LC_ALL: the order of the names must not depend on the user's language.
        LC_ALL=C find "$here/recipes" "$here/patches" "$here/boxrt" "$here/builtins" -type f | LC_ALL=C sort | xargs cat
        cat "$here/../include/lfi/abi.h"
        "$here/../toolchain/fetch" --key linux musl llvm mimalloc
        # Sandboxed targets have an assembler of their own. CMake's checks link.
        for tool in "$sdk/libexec/lfi/compiler" "$sdk/bin/$triple.cfg" \
            "$sdk/libexec/lfi/$triple/as" "$sdk/libexec/lfi/$triple/ld"; do
            if [ -f "$tool" ]; then cat "$tool"; fi
        done
        if [ "$ARCH_POSTLINKS" = TRUE ]; then cat "$sdk/bin/lfi-postlink"; fi
        echo "$triple"
    } | sha256sum | cut -c1-24
}

restore_from_cache() {
    [ -n "$cache" ] || return 1
    cached=$cache/sysroot/$triple-$key.tar
    [ -f "$cached" ] && tar -xf "$cached" -C "$sdk"
}

keep_in_cache() {
    [ -n "$cache" ] || return 0
    mkdir -p "$cache/sysroot"
    # One of each target is enough; a changed toolchain makes the others useless.
    rm -f "$cache/sysroot/$triple"-*.tar
    tar -cf "$cached.tmp$$" -C "$sdk" "sysroot/$triple" "${runtime#"$sdk"/}"
    mv "$cached.tmp$$" "$cached"
}
