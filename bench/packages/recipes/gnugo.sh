# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=gnugo
programs='gnugo'

build() {
    # Its patterns become C by programs of the build machine.
    ./configure --without-curses --without-readline CC=cc CFLAGS='-O1 -w -fcommon'
    for folder in utils sgf engine patterns; do
        make -j"$jobs" -C $folder
    done
    find . -name '*.o' -delete
    objects -fcommon -DHAVE_CONFIG_H -I. -Iengine -Isgf -Iutils -Ipatterns -Iinterface -- engine/*.c \
        sgf/sgf_utils.c sgf/sgfnode.c sgf/sgftree.c utils/*.c interface/*.c \
        $(ls patterns/*.c | grep -vE '/(mk.*|joseki|extract_fuseki|compress_fuseki|uncompress_fuseki|dfa)\.c')
    $CC -o gnugo $(find . -name '*.c.o') -lm
}
