# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=libpng
needs=zlib
programs='pngtest pngvalid pngstest pngunknown pngimage pngfix'
built='the library with code for SSE or NEON'

build() {
    ./configure --host="$triple" --disable-shared --with-zlib-prefix= CC="$CC" AR="$AR" RANLIB="$RANLIB" \
        CFLAGS="$cflags" CPPFLAGS="-I$PWD/../zlib" LDFLAGS="-L$PWD/../zlib"
    make -j"$jobs" $programs
}

check() {
    # The package's own tests: scripts that run ./PROGRAM.
    boxed
    for test in "$tree"/tests/png*-*; do
        srcdir=../libpng sh "$test" >log 2>&1 || {
            cat log >&2
            false
        }
        grep -v ' CPU' log || :
        echo "$(basename "$test"): passed"
    done
    rm -f $programs log
}
