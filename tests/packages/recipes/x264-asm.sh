# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With its NASM assembly. What a box does not have, AVX-512, becomes traps; checkasm, which asks the
# processor, must not try it.
source=x264
programs='x264-asm checkasm8 checkasm10'
built='the encoder with its NASM assembly, checkasm'
counts='s/^x264: All tests passed.*/1/p; s/^\(.*\): passed$/1/p; s/^ - .*\[OK\]$/1/p'

build() {
    AS=$sdk/bin/$triple-nasm
    [[ $triple != *-lfi* ]] || AS="$AS --keep-r11 --trap-unsupported"
    sed -i 's/cpu_detect & X264_CPU_AVX512/0/' tools/checkasm.c
    AS=$AS ./configure --host="${triple%%-*}-linux" --disable-opencl --disable-avs --disable-swscale --disable-lavf \
        --disable-ffms --disable-gpac --disable-lsmash --extra-cflags="$cflags -w"
    make -j"$jobs" x264 checkasm8 checkasm10
    cp x264 x264-asm
}

check() {
    # The package's own test, which prints numbers of cycles only with --bench.
    for program in checkasm8 checkasm10; do
        run $program 1 2>&1 | sed 's/^x264: .*random seed.*//'
    done
    # Videos of noise and of text, the same with assembly and without.
    for input in "$text" "$mixed"; do
        for depth in 8 10; do
            encode="--quiet --demuxer raw --input-res 176x144 --frames 20 --output-depth $depth --preset slow --threads 2"
            run x264-asm $encode --asm AVX2 -o ${input##*/}.$depth.264 "$input"
            run x264-asm $encode --no-asm -o c.264 "$input"
            cmp c.264 ${input##*/}.$depth.264
            rm c.264
        done
    done
}
