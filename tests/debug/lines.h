/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * HERE prints "OFFSET LINE": where the call returns to, in addresses of the file, and the line that
 * it stands on.
 */
#ifdef __ASSEMBLER__
/* clang-format off */
#define HERE movl $__LINE__, %edi; call here
/* clang-format on */
#else
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((nomerge)) void
    here(int line);
#define HERE here(__LINE__)
#endif
