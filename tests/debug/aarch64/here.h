/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * HERE of lines.h, in assembly.
 */
/* clang-format off */
#define HERE mov w0, __LINE__; bl here
