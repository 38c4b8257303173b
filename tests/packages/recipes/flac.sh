# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=flac
programs='build/src/flac/flac build/src/metaflac/metaflac build/src/test_libFLAC/test_libFLAC'
built='the library, C and intrinsics chosen at run time, its programs'
without='`libFLAC` and `libFLAC++`, which fail for root and say so; `streams` and `compression`, which take minutes'

build() {
    cmake_build . -- -DWITH_OGG=OFF -DBUILD_DOCS=OFF -DINSTALL_MANPAGES=OFF -DBUILD_EXAMPLES=OFF
}

check() {
    # The package's own tests.
    ctests "$tree/build" -E 'libFLAC|streams|compression'
    head -c 400000 "$mixed" >sound.raw
    for level in 0 5 8; do
        run flac -s -$level --force-raw-format --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 \
            -o sound.$level.flac sound.raw
        run flac -s -d --force-raw-format --endian=little --sign=signed -c sound.$level.flac | cmp - sound.raw
    done
    run metaflac --list --block-number=0 sound.8.flac
}
