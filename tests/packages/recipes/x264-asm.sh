# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
#
# With its NASM assembly for 8 bits, and its checkasm, which compares each function with the one in C. Changed, in
# the box and natively: trellis-64.asm returns flags, so trellis is C; functions that jump by the size of code, which
# only processors of 2006 use, jump to those for others instead; and configure asks for an instruction that exists.
# Code for XOP becomes traps. On AArch64, with its assembly for NEON, only checkasm is changed, as that of
# dav1d-asm.sh.
source=x264
programs='x264 checkasm8'
built='the encoder with its NASM assembly (8 bits), but for `trellis-64` and the cache-line variants of `sad` and `avg2`'
counts='s/^\([0-9]*\) groups passed$/\1/p'
without='code for XOP'
has='HAVE_MMX 1'
if [ "${triple%%-*}" = aarch64 ]; then
    built='the encoder with its assembly for NEON (8 bits), all 8 files' without='' has='HAVE_NEON 1'
fi

build() {
    AS=$sdk/bin/$triple-nasm
    [[ $triple != *-lfi* ]] || AS="$AS --keep-r11 --trap-unsupported"
    [ "${triple%%-*}" = x86_64 ] || AS=$CC
    sed -i 's/pmccntr_el0/cntvct_el0/' tools/checkasm.c
    sed -i -E '/ldp +x2[57], +x2[68], +\[x9\]|check_reg +x2[57]/d' tools/checkasm-aarch64.S
    sed -i 's/vmovdqa32 \[eax\]{k1}{z}/vmovdqa32 [rax]{k1}/' configure
    sed -i '/trellis-64.asm/d; s,dct-64.asm .*,dct-64.asm,' Makefile
    sed -i 's/^#if ARCH_X86_64$/#if 0/' common/quant.c
    sed -i 's/^#if HAVE_MMX && ARCH_X86_64$/#if 0/' encoder/rdo.c
    sed -i 's/jle pixel_sad_16x%2_sse2/jmp pixel_sad_16x%2_sse2/
        s/^%define sad_w16_addr .*/%define sad_w16_addr sad_w16_align1_%1/' common/x86/sad-a.asm
    sed -i 's/^%define avg_w16_addr .*/%define avg_w16_addr avg_w16_align1_1_ssse3/; /times (48-(\$-avg_w16_align/d
        s/^cglobal pixel_avg2_w16_cache64_ssse3/&\n    jmp pixel_avg2_w16_sse2/' common/x86/mc-a.asm
    AS=$AS ./configure --host="${triple%%-*}-linux-musl" --bit-depth=8 --disable-avs --disable-swscale --disable-lavf \
        --disable-ffms --disable-gpac --disable-lsmash --disable-opencl --enable-pic --extra-cflags="$cflags -w"
    grep -q "$has" config.h
    make -j"$jobs" $programs AR="$AR rc " RANLIB="$RANLIB" STRIP=:
}

check() {
    # The package's own tests, and an encoding that must not depend on the assembly.
    run checkasm8 1 >tested 2>&1
    echo "$(grep -c '\[OK\]' tested) groups passed"
    tail -n 1 tested
    head -c 1520640 "$text" >video.yuv
    run x264 --quiet --demuxer raw --input-res 176x144 --preset slow -o video.264 video.yuv
    run x264 --quiet --demuxer raw --input-res 176x144 --preset slow --no-asm -o video-c.264 video.yuv
    cmp video.264 video-c.264
}
