# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=tiff
needs='zlib libjpeg-turbo'
binary=objects # it has a folder `build`
built='the library with zlib and libjpeg-turbo, and its programs'
programs='objects/tools/tiffinfo objects/tools/tiffcp objects/tools/tiff2rgba objects/tools/tiff2pdf objects/tools/tiffcrop'

build() {
    cmake_build . -- -DZLIB_INCLUDE_DIR="$PWD/../zlib" -DZLIB_LIBRARY="$PWD/../zlib/libz.a" \
        -DJPEG_INCLUDE_DIR="$PWD/../libjpeg-turbo;$PWD/../libjpeg-turbo/build" \
        -DJPEG_LIBRARY="$PWD/../libjpeg-turbo/build/libjpeg.a" -DCMAKE_C_FLAGS="$cflags -I$PWD/../libjpeg-turbo/build" \
        -Djbig=OFF -Dlzma=OFF -Dwebp=OFF -Dzstd=OFF -Dlerc=OFF -Dlibdeflate=OFF -Dtiff-docs=OFF -Dtiff-contrib=OFF -Dcxx=OFF
}

check() {
    # The package's own tests.
    ctests "$tree/objects"
    for image in quad-lzw-compat ojpeg_zackthecat_subsamp22_single_strip minisblack-2c-8b-alpha; do
        run tiffinfo -D "$tree/test/images/$image.tiff"
        run tiff2rgba "$tree/test/images/$image.tiff" $image.tiff
    done
}
