# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# The kernel's headers for programs (<linux/...>, <asm/...>). musl brings its own version of a few
# (scsi/), which is installed over them.

build_kernel_headers() {
    # The targets of an architecture share them through the cache.
    shared=${cache:-$work}/sysroot/kernel-headers-$("$here/../toolchain/fetch" --key linux)-$arch.tar
    if [ ! -f "$shared" ]; then
        mkdir -p "$(dirname "$shared")"
        # Not `headers_install`, which is the same and a copy by rsync, which is not everywhere.
        make -C "$(source_of linux)" -j"$jobs" O="$work/linux" ARCH="$ARCH_KERNEL" headers
        (cd "$work/linux/usr/include" && find . -name '*.h' -print0 | tar -cf "$shared.tmp$$" --null -T -)
        mv "$shared.tmp$$" "$shared"
    fi
    mkdir -p "$prefix/usr/include"
    tar -xf "$shared" -C "$prefix/usr/include"
}
