# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=faad2
programs='faad'

build() {
    objects -include string.h -Iinclude -Ilibfaad -DHAVE_INTTYPES_H -DHAVE_MEMCPY -DHAVE_STRCHR -DHAVE_LRINTF -DSTDC_HEADERS \
        -DHAVE_STDINT_H -DPACKAGE_VERSION='"2.10.1"' -DAPPLY_DRC -- libfaad/*.c frontend/audio.c frontend/main.c frontend/mp4read.c frontend/unicode_support.c
    $CC -o faad libfaad/*.o frontend/*.o -lm
}
