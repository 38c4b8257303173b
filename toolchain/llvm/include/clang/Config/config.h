// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Found before Debian's: the same, but without parts of clang that no one needs to cross-compile
// (and that would bring Z3 with them).
#include_next "clang/Config/config.h"

#undef CLANG_ENABLE_STATIC_ANALYZER
#undef CLANG_ENABLE_ARCMT
#define CLANG_ENABLE_STATIC_ANALYZER 0
#define CLANG_ENABLE_ARCMT           0
