# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2154,SC2164,SC2086,SC2034 # variables come from build-sysroot, which runs it with -e
#
# The kernel's headers for programs (<linux/...>, <asm/...>). musl brings its own version of a few
# (scsi/), which is installed over them.

build_kernel_headers() {
    case $arch in
    x86_64) kernel_arch=x86 ;;
    aarch64) kernel_arch=arm64 ;;
    riscv64) kernel_arch=riscv ;;
    *) echo "the kernel has no architecture $arch" && return 1 ;;
    esac
    # Not `headers_install`, which is the same and a copy by rsync, which is not everywhere.
    make -C "$(source_of linux)" -j"$jobs" O="$work/linux" ARCH=$kernel_arch headers
    mkdir -p "$prefix/usr/include"
    (cd "$work/linux/usr/include" && find . -name '*.h' -print0 | tar -cf - --null -T -) |
        tar -xf - -C "$prefix/usr/include"
}
