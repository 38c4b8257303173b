# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# Without its assembly, which is for nasm.
source=x264
programs='x264'

build() {
    ./configure --host="${triple%%-*}-linux" --disable-asm --disable-opencl --disable-avs --disable-swscale --disable-lavf \
        --disable-ffms --disable-gpac --disable-lsmash --disable-interlaced --bit-depth=8 --chroma-format=420 \
        --extra-cflags="$cflags -w"
    make -j"$jobs" x264
}
