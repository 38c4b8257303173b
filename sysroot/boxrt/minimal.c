// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * boxrt_minimal: the start of a library in a box without a C library, linked with -nostdlib. It
 * relocates the image, runs constructors and rests. There is no thread-local storage and no malloc,
 * one thread of the host calls, on the first stack. The functions that compilers call are here.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include <lfi/abi.h>

#include "start.h" /* of the architecture */

#define HIDDEN __attribute__((visibility("hidden")))
#define KEEP   __attribute__((used))

typedef void constructor(void);
extern const Elf64_Dyn _DYNAMIC[] HIDDEN;
extern const char __ehdr_start[] HIDDEN;
extern constructor *__init_array_start[] HIDDEN, *__init_array_end[] HIDDEN;

/* Before this nothing may be used that has an address in it. */
static void relocate(void)
{
    uint64_t base = (uint64_t)__ehdr_start, table = 0, size = 0;
    for (const Elf64_Dyn *at = _DYNAMIC; at->d_tag != DT_NULL; at++) {
        if (at->d_tag == DT_RELA)
            table = at->d_un.d_ptr;
        if (at->d_tag == DT_RELASZ)
            size = at->d_un.d_val;
    }
    for (uint64_t i = 0; i < size / sizeof(Elf64_Rela); i++) {
        const Elf64_Rela *entry = (const Elf64_Rela *)(base + table) + i;
        if (ELF64_R_TYPE(entry->r_info) == RELATIVE)
            *(uint64_t *)(base + entry->r_offset) = base + (uint64_t)entry->r_addend;
    }
}

HIDDEN KEEP void boxrt_start(void)
{
    static const uint64_t functions[LFI_REST_WORDS] = {LFI_REST_VERSION};
    relocate();
    for (constructor **at = __init_array_start; at != __init_array_end; at++)
        (*at)();
    rest(functions);
    __builtin_trap(); /* nobody continues it */
}

/* Weak: the library may have better ones. */
#define WEAK __attribute__((weak, no_builtin))

WEAK void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *at = to;
    for (const uint8_t *next = from; size--;)
        *at++ = *next++;
    return to;
}

WEAK void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *at = to;
    const uint8_t *next = from;
    if (at - next >= 0 && (size_t)(at - next) < size) {
        while (size--)
            at[size] = next[size];
    } else {
        while (size--)
            *at++ = *next++;
    }
    return to;
}

WEAK void *memset(void *to, int byte, size_t size)
{
    for (uint8_t *at = to; size--;)
        *at++ = (uint8_t)byte;
    return to;
}

WEAK int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a, *right = b;
    for (; size; size--, left++, right++) {
        if (*left != *right)
            return *left - *right;
    }
    return 0;
}
