# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=freetype
programs='ftlint ftbench'

build() {
    demos=$(fetched freetype-demos)
    cp "$demos"/src/*.[ch] "$demos"/graph/*.[ch] .
    library="$(printf 'src/base/ft%s.c ' system init debug base bbox glyph bitmap mm synth stroke gasp pfr type1 winfnt fstype cid bdf gxval otval patent)
        src/autofit/autofit.c src/bdf/bdf.c src/cff/cff.c src/cache/ftcache.c src/cid/type1cid.c src/gzip/ftgzip.c
        src/lzw/ftlzw.c src/pcf/pcf.c src/pfr/pfr.c src/psaux/psaux.c src/pshinter/pshinter.c src/psnames/psnames.c
        src/raster/raster.c src/sfnt/sfnt.c src/smooth/smooth.c src/truetype/truetype.c src/type1/type1.c
        src/type42/type42.c src/winfonts/winfnt.c src/svg/svg.c src/sdf/sdf.c"
    objects -DFT2_BUILD_LIBRARY -Iinclude -- $library
    objects -Iinclude -- ftlint.c ftbench.c common.c mlgetopt.c md5.c
    for program in $programs; do
        $CC -o $program $program.c.o common.c.o mlgetopt.c.o md5.c.o $(printf '%s.o ' $library) -lm
    done
}
