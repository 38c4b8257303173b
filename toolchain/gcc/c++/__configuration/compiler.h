// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In the place of libc++'s header, which warns of each GCC before 14: <__config> beside this one
// has what those lack.
#pragma GCC system_header
#include <__config_site>
#define _LIBCPP_COMPILER_GCC
#define _LIBCPP_GCC_VER (__GNUC__ * 100 + __GNUC_MINOR__)
