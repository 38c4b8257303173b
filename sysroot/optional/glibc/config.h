/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What glibc's sources take for granted, in musl's words. Included before each of them
 * (../packages). */
#pragma once

#include <stdint.h>

/* Headers of glibc. */
#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW
#define __NTH(function) function
#define __nonnull(parameters)
#define __attribute_pure__ __attribute__((__pure__))

/* What a configure script would find. musl's strerror() is safe to use in threads. */
#define HAVE_CONFIG_H                     1
#define HAVE_LIBINTL_H                    1
#define HAVE_FLOCKFILE                    1
#define HAVE_FUNLOCKFILE                  1
#define HAVE_DECL_PROGRAM_INVOCATION_NAME 1
#define HAVE_DECL_STRERROR                1
#define HAVE_DECL_STRERROR_R              1
#define _GL_ATTRIBUTE_FORMAT_PRINTF(format, first)
#define _GL_ARG_NONNULL(parameters)
#define _GL_UNUSED
#define program_name program_invocation_name
#define __vsnprintf_internal(buffer, size, format, arguments, flags) \
    vsnprintf(buffer, size, format, arguments)

/* argp wants a getopt that two parsers can use at once, so it brings glibc's; the program's is
 * musl's. */
#define getopt              __argp_getopt
#define getopt_long         __argp_getopt_long
#define getopt_long_only    __argp_getopt_long_only
#define _getopt_long_r      __argp_getopt_long_r
#define _getopt_long_only_r __argp_getopt_long_only_r
#define _getopt_internal    __argp_getopt_internal
#define _getopt_internal_r  __argp_getopt_internal_r
#define __posix_getopt      __argp_posix_getopt
#define optarg              __argp_optarg
#define optind              __argp_optind
#define opterr              __argp_opterr
#define optopt              __argp_optopt

/* fts */
#define __open                 open
#define __close                close
#define __fchdir               fchdir
#define __opendir              opendir
#define __readdir              readdir
#define __closedir             closedir
#define __stat                 stat
#define __lstat                lstat
#define __fstat64              fstat
#define stat64                 stat
#define __set_errno(number)    (errno = (number))
#define _D_EXACT_NAMLEN(entry) strlen((entry)->d_name)
