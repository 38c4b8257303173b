# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# Without its assembly, which is for nasm.
source=libvpx
programs='vpxenc vpxdec'

build() {
    LD=$CC ./configure --target=generic-gnu --disable-vp8 --disable-webm-io --disable-libyuv --disable-unit-tests \
        --disable-docs --disable-postproc --disable-vp9-highbitdepth --extra-cflags="$cflags -w"
    make -j"$jobs" target=libs libvpx.a
    make -j"$jobs" target=examples vpxenc vpxdec
}
