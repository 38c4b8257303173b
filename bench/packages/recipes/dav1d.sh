# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
#
# Without its assembly, which is for nasm; 8 bits a sample.
source=dav1d
programs='dav1d'

build() {
    cat >config.h <<'END'
#define ARCH_AARCH64 0
#define ARCH_ARM 0
#define ARCH_PPC64LE 0
#define ARCH_X86 0
#define ARCH_X86_32 0
#define ARCH_X86_64 0
#define CONFIG_16BPC 0
#define CONFIG_8BPC 1
#define CONFIG_LOG 1
#define ENDIANNESS_BIG 0
#define HAVE_ASM 0
#define HAVE_CLOCK_GETTIME 1
#define HAVE_POSIX_MEMALIGN 1
#define HAVE_UNISTD_H 1
END
    echo '#define DAV1D_VERSION "1.0.0"' >vcs_version.h
    echo '#define HAVE_XXHASH_H 0' >cli_config.h
    sed 's/@DAV1D_API_VERSION_MAJOR@/6/; s/@DAV1D_API_VERSION_MINOR@/6/; s/@DAV1D_API_VERSION_PATCH@/0/' \
        include/dav1d/version.h.in >include/dav1d/version.h
    flags='-std=c99 -D_GNU_SOURCE -I. -Iinclude -Iinclude/dav1d -Isrc -Itools -ffast-math'
    objects $flags -DBITDEPTH=8 -- src/*_tmpl.c
    objects $flags -- $(ls src/*.c | grep -v _tmpl) tools/dav1d.c tools/dav1d_cli_parse.c tools/input/*.c \
        $(ls tools/output/*.c | grep -v xxhash)
    $CC -o dav1d src/*.o tools/*.o tools/*/*.o -lm -lpthread
}
