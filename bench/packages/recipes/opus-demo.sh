# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=opus
programs='opus_demo'

build() {
    ./configure --host="$triple" --disable-shared --disable-doc CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$cflags"
    make -j"$jobs" opus_demo
}
