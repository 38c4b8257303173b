/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * HERE of lines.h, in assembly.
 */
/* clang-format off */
#define HERE movl $__LINE__, %edi; call here
