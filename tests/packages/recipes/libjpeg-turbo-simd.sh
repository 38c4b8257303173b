# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# With its assembly: NASM's for x86_64; for NEON GNU's, which clang does not get by default but intrinsics instead.
# libjpeg-turbo.sh is without.
source=libjpeg-turbo
programs='cjpeg-simd djpeg-simd'
built='the library and its programs with NASM assembly' simd=avx2 options=''
if [ "${triple%%-*}" = aarch64 ]; then
    built='the library and its programs with GNU assembly for NEON, and intrinsics for the rest' simd=neon
    options=-DNEON_INTRINSICS=OFF
fi

build() {
    cmake_build . -- -DREQUIRE_SIMD=ON -DENABLE_SHARED=OFF $options
    cp build/cjpeg-static cjpeg-simd
    cp build/djpeg-static djpeg-simd
    nm=${CC%-clang}-nm
    # The functions are there, and called.
    "$nm" build/djpeg-static | grep "jsimd_idct_islow_$simd"
}

check() {
    # The package's own tests.
    ctests "$tree/build"
    for image in testorig testimgint testimgari; do
        run djpeg-simd "$tree/testimages/$image.jpg" >$image.ppm
        run cjpeg-simd $image.ppm >$image.jpg
    done
}
