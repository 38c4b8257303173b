// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the modes other than `full` do not keep a program from: it reads the runtime table and from
 * there the host's code; in mode `jumps` it then writes to the host's memory (a word that nobody
 * needs, which it puts back). In mode `full` it reads its own box, where there is nothing (x86-64:
 * the first read faults).
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <lfi/abi.h>

#if defined(__x86_64__)
#define SYSCALL_SLOT LFI_SLOT_INSIDE(LFI_SLOT_SYSCALL)
#else
#define SYSCALL_SLOT LFI_SLOT_BELOW(LFI_SLOT_SYSCALL)
#endif

static int anchor;

static uint64_t word(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

/* The trampolines hold two addresses of the runtime beside each other. */
static uint64_t find_host(uint64_t trampolines)
{
    for (uint64_t at = trampolines & ~0xfffULL, end = at + 0x1000 - 8; at < end; at += 8) {
        uint64_t one = word(at), other = word(at + 8);
        if (one > 0x10000 && other > 0x10000 && one < 1ULL << 48 && one - other + 0x10000 < 0x20000)
            return one;
    }
    return 0;
}

#if __LFI_MODE__ >= LFI_MODE_JUMPS
#if defined(__x86_64__)
/* The last word of the writable segment of the host's program. */
static uint64_t find_target(uint64_t host)
{
    uint64_t image = host & ~0xfffULL;
    while (memcmp((void *)image, ELFMAG, SELFMAG) != 0)
        image -= 0x1000;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
    const Elf64_Phdr *segment = (const Elf64_Phdr *)(image + header->e_phoff);
    while (segment->p_type != PT_LOAD || !(segment->p_flags & PF_W))
        segment++;
    return (image + segment->p_vaddr + segment->p_memsz - 8) & ~7ULL;
}
#else
/* The last word of the context block, whose address the program knows. */
static uint64_t find_target(uint64_t host)
{
    uint64_t block;
    (void)host;
    __asm__("mov %0, x25" : "=r"(block));
    return block + LFI_CONTEXT_SIZE - 8;
}
#endif
#endif

int main(void)
{
    uint64_t base = (uint64_t)&anchor & ~(uint64_t)(LFI_BOX_SIZE - 1);
    uint64_t host = find_host(word(base + (uint64_t)SYSCALL_SLOT));
    if (!host || host - base < LFI_BOX_SIZE || !word(host & ~7ULL))
        return 1;
    puts("read the host");
#if __LFI_MODE__ >= LFI_MODE_JUMPS
    uint64_t target = find_target(host), old = word(target);
    if (target - base < LFI_BOX_SIZE)
        return 1;
    *(volatile uint64_t *)target = ~old;
    if (word(target) != ~old)
        return 1;
    *(volatile uint64_t *)target = old;
    puts("wrote to the host");
#endif
    return 0;
}
