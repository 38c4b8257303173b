# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=tiff
needs=zlib
binary=objects # it has a folder `build`
programs='objects/tools/tiffcp objects/tools/ppm2tiff objects/tools/tiff2rgba'

build() {
    cmake_build . tiffcp ppm2tiff tiff2rgba -- -DZLIB_INCLUDE_DIR="$PWD/../zlib" -DZLIB_LIBRARY="$PWD/../zlib/libz.a" \
        -Djpeg=OFF -Djbig=OFF -Dlzma=OFF -Dwebp=OFF -Dzstd=OFF -Dlerc=OFF -Dlibdeflate=OFF -Dtiff-tests=OFF \
        -Dtiff-docs=OFF -Dtiff-contrib=OFF -Dcxx=OFF
}
