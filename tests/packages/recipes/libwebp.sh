# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046 # variables and `run` come from ../package
source=libwebp
needs=libjpeg-turbo # for photographs
programs='build/cwebp build/dwebp build/webpinfo build/img2webp build/webpmux build/webp_quality
    build/get_disto'
built='the library and its programs'
counts='' # it has fuzzers only
without='it has fuzzers only; photographs are encoded and decoded'

build() {
    cmake_build . $(for program in $programs; do basename $program; done) --
}

check() {
    # The package has no tests of its own: its sample, and photographs, there and back.
    run dwebp -quiet -ppm "$tree/examples/test.webp" -o test.ppm
    run get_disto test.ppm "$tree/examples/test_ref.ppm"
    run dwebp -quiet -nofancy -dither 50 -pgm "$tree/examples/test.webp" -o test.pgm
    for image in vgl_5674_0098 vgl_6434_0018a nightshot_iso_100; do
        run cjpeg-static -quality 95 "$tree/../libjpeg-turbo/testimages/$image.bmp" | run djpeg-static >$image.ppm
        for quality in 5 75 100; do
            run cwebp -quiet -q $quality $image.ppm -o $image.$quality.webp
            run dwebp -quiet -ppm $image.$quality.webp -o $image.$quality.ppm
        done
        run cwebp -quiet -m 6 -sharp_yuv -mt -size 4000 $image.ppm -o $image.small.webp
        run cwebp -quiet -lossless -q 100 $image.ppm -o $image.lossless.webp
        run dwebp -quiet -ppm $image.lossless.webp -o - | cmp - $image.ppm
        run webp_quality $image.75.webp
        run get_disto $image.75.webp $image.lossless.webp
        run webpinfo -summary $image.lossless.webp
    done
    run img2webp -lossless vgl_5674_0098.5.ppm vgl_5674_0098.75.ppm -lossy -q 50 vgl_5674_0098.100.ppm -o animation.webp
    run webpmux -info animation.webp
    run webpmux -get frame 2 animation.webp -o frame.webp
}
