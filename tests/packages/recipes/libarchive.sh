# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=libarchive
needs='zlib bzip2'
binary=objects # it has a folder `build`
programs='objects/bin/libarchive_test objects/bin/bsdtar'
built='the library with zlib and bzip2, and bsdtar'
without='tests of names in other encodings than UTF-8, which musl does not have; `write_disk_perms`, which wants set-user-ID bits; tests of the programs, which start processes; 3 of `fuzz`, which take minutes'

build() {
    cmake_build . libarchive_test bsdtar -- -DENABLE_OPENSSL=OFF -DENABLE_ACL=OFF -DENABLE_XATTR=OFF -DENABLE_WERROR=OFF \
        -DZLIB_INCLUDE_DIR="$PWD/../zlib" -DZLIB_LIBRARY="$PWD/../zlib/libz.a" \
        -DBZIP2_INCLUDE_DIR="$PWD/../bzip2" -DBZIP2_LIBRARIES="$PWD/../bzip2/libbz2.a"
}

check() {
    # The package's own tests.
    export TMPDIR=$PWD/tests
    mkdir tests
    ctests "$tree/objects" -R '^libarchive_test' -E 'filename|unicode_CP932|write_disk_perms|fuzz_(tar|rar|zip)$'
    rm -r tests
    run bsdtar --format=pax -czf own.tar.gz --uid 0 --gid 0 -C "$tree" libarchive/archive.h libarchive/archive_entry.h
    run bsdtar -tvzf own.tar.gz | cksum
    mkdir out
    run bsdtar -xf own.tar.gz -C out
    rm own.tar.gz # it has access times
}
