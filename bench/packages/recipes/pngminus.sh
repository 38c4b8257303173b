# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# libpng's converters, which are examples.
source=libpng
needs=zlib
programs='png2pnm pnm2png'

build() {
    cp scripts/pnglibconf.h.prebuilt pnglibconf.h
    library='png.c pngerror.c pngget.c pngmem.c pngpread.c pngread.c pngrio.c pngrtran.c pngrutil.c pngset.c pngtrans.c
        pngwio.c pngwrite.c pngwtran.c pngwutil.c'
    objects -I. -I../zlib -DPNG_INTEL_SSE_OPT=0 -DPNG_ARM_NEON_OPT=0 -- $library contrib/pngminus/*.c
    for program in $programs; do
        $CC -o $program contrib/pngminus/$program.c.o $(printf '%s.o ' $library) ../zlib/libz.a -lm
    done
}
