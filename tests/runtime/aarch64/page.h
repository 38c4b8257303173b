// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For linux-program.h: a page that is as large as the host's may be. */
#ifndef TEST_PAGE_H
#define TEST_PAGE_H

#define PROGRAM_PAGE 0x10000

#endif
