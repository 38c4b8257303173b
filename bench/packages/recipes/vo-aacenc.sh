# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=vo-aacenc
programs='aac-enc'

build() {
    objects -I. -Iaacenc/inc -Iaacenc/basic_op -Icommon/include -- common/cmnMemory.c aacenc/basic_op/*.c aacenc/src/*.c \
        aac-enc.c wavreader.c
    $CC -o aac-enc *.o common/*.o aacenc/basic_op/*.o aacenc/src/*.o
}
