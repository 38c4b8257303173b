/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * HERE prints "OFFSET LINE": where the call returns to, in addresses of the file, and the line that
 * it stands on. ARCH/here.h has it for assembly.
 */
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((nomerge)) void
    here(int line);
#define HERE here(__LINE__)
