# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
#
# Without its assembly; libjpeg-turbo-simd.sh is with it.
source=libjpeg-turbo
programs='build/cjpeg-static build/djpeg-static build/jpegtran-static build/tjunittest-static build/tjbench-static
    build/rdjpgcom build/wrjpgcom build/md5/md5cmp'
built='the library and its programs, C alone'

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
