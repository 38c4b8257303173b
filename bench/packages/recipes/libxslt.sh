# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=libxslt
needs=libxml2
programs='xsltproc/xsltproc'

build() {
    ./configure --host="$triple" --disable-shared --without-python --without-crypto --without-debugger \
        --with-libxml-src="$PWD/../libxml2" CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags" LIBS="$PWD/../zlib/libz.a"
    make -j"$jobs" -C libxslt
    make -j"$jobs" -C libexslt
    make -j"$jobs" -C xsltproc xsltproc
}
