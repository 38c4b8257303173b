/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * HERE prints "OFFSET LINE": where the call returns to, in addresses of the file, and the line that
 * it stands on.
 */
#ifdef __ASSEMBLER__
/* clang-format off */
#ifdef __aarch64__
#define HERE mov w0, __LINE__; bl here
#else
#define HERE movl $__LINE__, %edi; call here
#endif
/* clang-format on */
#else
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((nomerge)) void
    here(int line);
#define HERE here(__LINE__)
#endif
