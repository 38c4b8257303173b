// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The first stack: arguments, environment and auxiliary vector, as the psABI has them. */
#include "process.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "arch.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

#define STACK_GUARD  (1u << 20)
#define STRINGS_MAX  (4u << 20) /* of arguments and environment */
#define VECTOR_EXTRA 64         /* words for the auxiliary vector, counts and terminators */

struct builder {
    uint8_t *bytes; /* what will be at [address, top) */
    uint64_t address, top;
    uint64_t strings; /* the next string goes here */
    uint64_t words;   /* and the next word here */
};

static uint64_t put_string(struct builder *builder, const void *text, size_t size)
{
    uint64_t at = builder->strings;
    memcpy(builder->bytes + (at - builder->address), text, size);
    builder->strings += size;
    return at;
}

static void put_word(struct builder *builder, uint64_t word)
{
    memcpy(builder->bytes + (builder->words - builder->address), &word, sizeof word);
    builder->words += sizeof word;
}

static void put_auxiliary(struct builder *builder, uint64_t type, uint64_t value)
{
    put_word(builder, type);
    put_word(builder, value);
}

static size_t measure(char *const *list, size_t *count)
{
    size_t size = 0;
    for (*count = 0; list[*count]; ++*count)
        size += strlen(list[*count]) + 1;
    return size;
}

int linux_build_stack(struct lfi_process *process, const struct lfi_image *image, uint64_t *stack,
                      struct lfi_error *error)
{
    uint64_t top = process->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    uint64_t size = process->stack_size;
    size_t argc, envc;
    size_t strings = measure(process->argv, &argc) + measure(process->envp, &envc) +
                     strlen(process->started) + 64;
    size_t words = (argc + envc + VECTOR_EXTRA) * sizeof(uint64_t);
    size_t used = (strings + words + 63) & ~(size_t)63;
    if (strings > STRINGS_MAX || words > STRINGS_MAX || used > size / 2) {
        linux_say(error, "arguments and environment are too large for the stack");
        return -E2BIG;
    }

    process->guard_size = STACK_GUARD;
    process->stack_guard = top - size - STACK_GUARD;
    if (!linux_memory_claim(process, top - size, size,
                            LINUX_RANGE_READ | LINUX_RANGE_WRITE | LINUX_RANGE_ANONYMOUS) ||
        !linux_memory_claim(process, process->stack_guard, STACK_GUARD, LINUX_RANGE_FIXED)) {
        linux_say(error, "no room for the stack of %lu KiB (limit memory: %lu KiB)",
                  (unsigned long)(size >> 10), (unsigned long)(process->limits.memory >> 10));
        return -ENOMEM;
    }
    int failed = lfi_box_map(process->box, top - size, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct builder builder = {.bytes = calloc(1, used), .address = top - used, .top = top};
    if (!builder.bytes || failed) {
        linux_say(error, "no memory for the stack");
        free(builder.bytes);
        return failed ? failed : -ENOMEM;
    }
    builder.words = builder.address;
    builder.strings = builder.address + words;

    put_word(&builder, argc);
    for (size_t i = 0; i < argc; i++)
        put_word(&builder, put_string(&builder, process->argv[i], strlen(process->argv[i]) + 1));
    put_word(&builder, 0);
    for (size_t i = 0; i < envc; i++)
        put_word(&builder, put_string(&builder, process->envp[i], strlen(process->envp[i]) + 1));
    put_word(&builder, 0);

    uint8_t random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        memset(random, 0, sizeof random);
    uint64_t bias = process->image_start - image->start;
    uint64_t random_at = put_string(&builder, random, sizeof random);
    const char *platform = linux_arch_platform();
    uint64_t platform_at = put_string(&builder, platform, strlen(platform) + 1), capabilities[2];
    linux_arch_capabilities(&capabilities[0], &capabilities[1]);
    uint64_t name_at = put_string(&builder, process->started, strlen(process->started) + 1);
    put_auxiliary(&builder, AT_PHDR, bias + image->phdr_vaddr);
    put_auxiliary(&builder, AT_PHENT, sizeof(Elf64_Phdr));
    put_auxiliary(&builder, AT_PHNUM, image->phdr_count);
    put_auxiliary(&builder, AT_PAGESZ, lfi_page_size());
    put_auxiliary(&builder, AT_BASE, 0);
    put_auxiliary(&builder, AT_FLAGS, 0);
    put_auxiliary(&builder, AT_ENTRY, bias + image->entry);
    put_auxiliary(&builder, AT_UID, getuid());
    put_auxiliary(&builder, AT_EUID, geteuid());
    put_auxiliary(&builder, AT_GID, getgid());
    put_auxiliary(&builder, AT_EGID, getegid());
    put_auxiliary(&builder, AT_SECURE, 0);
    put_auxiliary(&builder, AT_CLKTCK, 100);
    put_auxiliary(&builder, AT_HWCAP, capabilities[0]);
    put_auxiliary(&builder, AT_HWCAP2, capabilities[1]);
    put_auxiliary(&builder, AT_RANDOM, random_at);
    put_auxiliary(&builder, AT_PLATFORM, platform_at);
    put_auxiliary(&builder, AT_EXECFN, name_at);
    put_auxiliary(&builder, AT_MINSIGSTKSZ, ARCH_SIGNAL_STACK_ALL);
    put_auxiliary(&builder, AT_NULL, 0);

    failed = lfi_copy_out(process->box, builder.address, builder.bytes, used);
    free(builder.bytes);
    *stack = builder.address;
    return failed;
}
