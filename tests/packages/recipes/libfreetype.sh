# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2016 # variables and `run` come from ../package
source=freetype
programs='ftlint ftdump ftvalid'
counts=''
built='the library, and three of its demos'
without='the archive has one, but not its font; fonts are drawn and described, and damaged ones, too'

build() {
    demos=$(fetched freetype-demos)
    cmake_build . -- -DFT_DISABLE_ZLIB=ON -DFT_DISABLE_BZIP2=ON -DFT_DISABLE_PNG=ON -DFT_DISABLE_HARFBUZZ=ON \
        -DFT_DISABLE_BROTLI=ON
    mkdir demos
    cp "$demos"/src/*.[ch] demos
    for program in $programs; do
        $CC $cflags -w -Iinclude -Idemos -o $program demos/$program.c demos/common.c demos/mlgetopt.c demos/output.c \
            demos/md5.c build/libfreetype.a
    done
}

check() {
    font=$(fetched font-hack)/build/ttf/Hack-BoldItalic.ttf
    for mode in 0 1 2 3; do
        run ftlint -r $mode 13 "$font" | cksum
    done
    run ftlint -f 20 -q 40 "$font" | cksum # with the hinter of the library
    run ftdump -n -t -c -p "$font" | cksum
    for at in 300 5000 20000 60000 100000 200000; do
        cp "$font" damaged.ttf
        printf '\377\377\177\377' | dd of=damaged.ttf bs=1 seek=$at conv=notrunc status=none
        for program in 'ftlint -q 20' ftdump ftvalid; do
            { run $program damaged.ttf || echo "$program: status $?"; } | cksum
        done
    done
}
