# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2015,SC2016 # variables and `run` come from ../package
source=mtree
programs='mtree'
built='the program, with `fts.h` and `sys/cdefs.h` of the [optional packages](build-systems.md#headers-that-musl-does-not-have)'
counts=''
without='the archive has none; trees of files are described, compared and made'

old_c=-Wno-implicit-function-declaration # chflags(), which nothing calls

build() {
    "$here/../../sysroot/optional/build-optional" --sdk="$sdk" --triple="$triple" --into="$PWD/optional" fts bsd-headers
    usr=$PWD/optional/$triple/usr
    cp -R "$(fetched libnbcompat)" libnbcompat
    cp "$(automake --print-libdir)/config.sub" . # theirs are too old for AArch64
    cp config.sub libnbcompat/
    # It is made for BSD's make. Its configure script runs programs that it makes, for these.
    (cd libnbcompat && nb_cv_printf_lld=yes nb_cv_printf_qd=no nb_cv_std_vsnprintf=yes ./configure \
        --host="$triple" CC="$CC $old_c" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags -w" \
        CPPFLAGS="-isystem $usr/include" LDFLAGS="-L$usr/lib" LIBS=-lfts)
    sed -i '/^\.if/,/^\.endif/d' libnbcompat/Makefile
    make -j"$jobs" -C libnbcompat libnbcompat.a
    ac_cv_func_fnmatch_works=yes ./configure --host="$triple" CC="$CC $old_c" CFLAGS="$cflags -w" \
        CPPFLAGS="-isystem $usr/include -I$PWD/libnbcompat -DHAVE_NBCOMPAT_H=1 -include sys/sysmacros.h" \
        LDFLAGS="-L$PWD/libnbcompat -L$usr/lib" LIBS='-lnbcompat -lfts'
    make -j"$jobs"
}

# Without the lines that say who made it, where and when.
describe() { run mtree -c -K nlink,cksum,md5,sha1,sha256,rmd160 "$@" | sed '/^#/d'; }

check() {
    zlib=$(fetched zlib)
    describe -p "$zlib" >zlib.mtree
    [ "$(grep -c sha256= zlib.mtree)" -gt 100 ]
    run mtree -f zlib.mtree -p "$zlib"
    # What differs is found: contents, a missing file, one too many, a mode.
    cp -Rp "$zlib" changed
    chmod -R u+w changed
    echo more >>changed/zlib.h
    rm changed/README
    touch changed/new
    chmod 600 changed/gzread.c
    run mtree -f zlib.mtree -p changed -k type,size,mode,sha256 >all && false || [ $? = 2 ]
    sed '/modification time/d' all >differences
    rm all
    grep -q README differences
    rm -r changed
    # Folders are made by their description.
    describe -d -p "$zlib" >folders.mtree
    mkdir made
    run mtree -d -U -e -f folders.mtree -p made -k type,mode >/dev/null || [ $? = 2 ]
    (cd made && find . -type d | sort) >folders
    diff folders <(cd "$zlib" && find . -type d | sort)
}
