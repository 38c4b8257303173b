# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=giflib
programs='gif2rgb giftext'

build() {
    library='dgif_lib.c egif_lib.c gifalloc.c gif_err.c gif_font.c gif_hash.c openbsd-reallocarray.c qprintf.c
        quantize.c getarg.c'
    objects -std=gnu99 -- $library gif2rgb.c giftext.c
    for program in $programs; do
        $CC -o $program $program.c.o $(printf '%s.o ' $library)
    done
}
