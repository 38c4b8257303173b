# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# Without its assembly: that is for nasm, which writes objects; only GNU assembly can be rewritten.
source=libjpeg-turbo
programs='build/cjpeg-static build/djpeg-static build/jpegtran-static build/tjunittest-static build/tjbench-static
    build/rdjpgcom build/wrjpgcom build/md5/md5cmp'

build() {
    cmake_build . -- -DWITH_SIMD=OFF -DENABLE_SHARED=OFF
}

check() {
    # The package's own tests.
    ctests "$tree/build"
    for image in testorig testimgint testimgari; do
        run djpeg-static "$tree/testimages/$image.jpg" >$image.ppm
    done
    run jpegtran-static -rotate 90 -progressive "$tree/testimages/testorig.jpg" >rotated.jpg
}
