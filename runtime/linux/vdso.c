// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The kernel's clock_gettime in this process, for the light way (light.c): libc's function that
 * leads to it may use any register. vdso(7).
 */
#include "process.h"

#include <elf.h>
#include <string.h>
#include <sys/auxv.h>

#include "arch.h"

/* What is at an address of the image, as its headers count. */
static const void *at(const uint8_t *image, uint64_t bias, uint64_t address)
{
    return image + (address - bias);
}

linux_clock_fn *linux_vdso_clock(void)
{
    const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR); // NOLINT: an address
    if (!image)
        return NULL;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
    const Elf64_Phdr *parts = (const Elf64_Phdr *)(image + header->e_phoff);
    const Elf64_Phdr *code = NULL, *dynamic = NULL;
    for (int i = 0; i < header->e_phnum; i++) {
        if (parts[i].p_type == PT_LOAD && parts[i].p_flags & PF_X && !code)
            code = &parts[i];
        if (parts[i].p_type == PT_DYNAMIC)
            dynamic = &parts[i];
    }
    if (!code || !dynamic)
        return NULL;
    uint64_t bias = code->p_vaddr - code->p_offset;
    const Elf64_Sym *symbols = NULL;
    const char *names = NULL;
    for (const Elf64_Dyn *entry = at(image, bias, dynamic->p_vaddr); entry->d_tag; entry++) {
        if (entry->d_tag == DT_SYMTAB)
            symbols = at(image, bias, entry->d_un.d_ptr);
        if (entry->d_tag == DT_STRTAB)
            names = at(image, bias, entry->d_un.d_ptr);
    }
    if (!symbols || !names)
        return NULL;
    /* their number is nowhere; linkers put the names behind them */
    for (; (const char *)(symbols + 1) <= names; symbols++) {
        if (!symbols->st_shndx || strcmp(names + symbols->st_name, ARCH_VDSO_CLOCK))
            continue;
        bool good = linux_arch_general(at(image, bias, code->p_vaddr), code->p_memsz,
                                       symbols->st_value - code->p_vaddr);
        return good ? (linux_clock_fn *)at(image, bias, symbols->st_value) : NULL;
    }
    return NULL;
}
