// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The ELF loader. The file is read once into private memory, which nothing else can change while it
 * is checked, copied and verified.
 */
#include "process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "arch.h"
#include "debugger.h"

/* Where the image goes: after the guard, so that huge pages fit. */
#define IMAGE_OFFSET (2u << 20)
#define HUGE_PAGE    (2u << 20)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static uint64_t page_down(uint64_t address)
{
    return address & ~(uint64_t)(lfi_page_size() - 1);
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + lfi_page_size() - 1);
}

/* The first process that loads it has it verified, for all. The mode is the file's. */
static int share_code(struct lfi_process *process, struct lfi_code_map *code,
                      struct lfi_shared_code **shared, struct lfi_error *error)
{
    int failed = 0;
    code->address -= process->base;
    code->image_start -= process->base;
    code->image_end -= process->base;
    pthread_mutex_lock(&process->shared->lock);
    if (!*shared)
        failed = lfi_shared_code_new(shared, code, error);
    pthread_mutex_unlock(&process->shared->lock);
    return failed ? failed : lfi_box_map_shared_code(process->box, *shared, error);
}

void linux_shared_free(struct linux_shared *shared)
{
    for (int i = 0; i < LINUX_SHARED_MAX; i++)
        lfi_shared_code_free(shared->code[i]);
    linux_symbols_free(&shared->symbols);
    pthread_mutex_destroy(&shared->lock);
}

static void find_symbols(struct lfi_process *process, const void *bytes, size_t size)
{
    struct linux_shared *shared = process->shared;
    if (shared) {
        pthread_mutex_lock(&shared->lock);
        if (!shared->has_symbols)
            linux_symbols_read(&shared->symbols, bytes, size);
        shared->has_symbols = true;
        pthread_mutex_unlock(&shared->lock);
        process->symbols = &shared->symbols;
    } else {
        linux_symbols_read(&process->own_symbols, bytes, size);
        process->symbols = &process->own_symbols;
    }
}

static int load_code(struct lfi_process *process, const struct lfi_image *image, int index,
                     const uint8_t *bytes, struct lfi_error *error)
{
    const struct lfi_segment *segment = &image->segments[index];
    uint64_t bias = process->image_start - image->start;
    if (segment->vaddr % lfi_page_size()) {
        linux_say(error,
                  "the code at 0x%" PRIx64 " does not begin on a page: link with -z separate-code",
                  segment->vaddr);
        return -ENOEXEC;
    }
    struct lfi_code_map code = {
        .address = bias + segment->vaddr,
        .bytes = bytes + segment->offset,
        .size = segment->file_size,
        .mode = image->mode,
        .image_start = process->image_start,
        .image_end = process->image_end,
        .unverified = process->unverified,
        .report = process->report,
        .data = process->report_data,
    };
    if (!linux_memory_claim(process, code.address, page_up(segment->mem_size),
                            LINUX_RANGE_READ | LINUX_RANGE_FIXED | LINUX_RANGE_FILLED))
        return -ENOMEM;
    if (process->shared && !process->unverified && index < LINUX_SHARED_MAX)
        return share_code(process, &code, &process->shared->code[index], error);
    return lfi_box_map_code(process->box, &code, error);
}

static int load_data(struct lfi_process *process, const struct lfi_image *image,
                     const struct lfi_segment *segment, const uint8_t *bytes)
{
    uint64_t bias = process->image_start - image->start;
    uint64_t address = bias + segment->vaddr, start = page_down(address);
    uint64_t size = page_up(address + segment->mem_size) - start;
    int prot = (segment->read ? PROT_READ : 0) | (segment->write ? PROT_WRITE : 0);
    uint32_t kind = LINUX_RANGE_ANONYMOUS | (segment->read ? LINUX_RANGE_READ : 0) |
                    (segment->write ? LINUX_RANGE_WRITE : 0);
    if (!linux_memory_claim(process, start, size, kind))
        return -ENOMEM;
    /* most of it is written at once */
    int populate = segment->file_size >= segment->mem_size / 2 ? MAP_POPULATE : 0;
    int error = lfi_box_map(process->box, start, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | populate, -1, 0);
    if (!error)
        error = lfi_copy_out(process->box, address, bytes + segment->offset, segment->file_size);
    if (!error && prot != (PROT_READ | PROT_WRITE))
        error = lfi_box_protect(process->box, start, size, prot);
    return error;
}

static int load_segments(struct lfi_process *process, const struct lfi_image *image,
                         const uint8_t *bytes, struct lfi_error *error)
{
    uint64_t size = image->end - image->start;
    if (size > LINUX_IMAGE_MAX) {
        linux_say(error, "the program is too large for a box: 0x%" PRIx64 " bytes", size);
        return -ENOEXEC;
    }
    process->image_start = process->base + IMAGE_OFFSET;
    process->image_end = process->image_start + size;
    process->image_bias = image->start;
    for (int i = 0; i < image->segment_count; i++) {
        const struct lfi_segment *segment = &image->segments[i];
        if (segment->mem_size == 0)
            continue;
        int failed = segment->execute ? load_code(process, image, i, bytes, error)
                                      : load_data(process, image, segment, bytes);
        if (failed) {
            if (error && !error->message[0])
                linux_say(error, "cannot map the segment at 0x%" PRIx64 ": %s", segment->vaddr,
                          strerror(-failed));
            return failed;
        }
    }
    struct memory *memory = &process->memory;
    memory->brk_start = process->image_end;
    if (process->huge_pages)
        memory->brk_start = (memory->brk_start + HUGE_PAGE - 1) & ~(uint64_t)(HUGE_PAGE - 1);
    memory->brk = memory->brk_mapped = memory->brk_start;
    return 0;
}

/* The path that the program is given as its own: in a restricted box one of the box, since the
 * host's would tell something about the host. */
static bool name_program(struct lfi_process *process, const char *path)
{
    char inside[PATH_MAX], *real = realpath(path, NULL);
    const char *program = real ? real : path, *started = path;
    if (process->restricted) {
        if (!real || !linux_path_of_host(&process->paths, real, inside)) {
            const char *slash = strrchr(program, '/');
            snprintf(inside, sizeof inside, "/%s", slash ? slash + 1 : program);
        }
        program = started = inside;
    }
    free(process->program);
    free(process->started);
    free(process->file);
    process->file = strdup(real ? real : path);
    process->program = strdup(program);
    process->started = strdup(started);
    free(real);
    return process->program && process->started && process->file;
}

int lfi_linux_load_bytes(struct lfi_process *process, const char *path, const void *bytes,
                         size_t size, struct lfi_error *error)
{
    struct lfi_image image;
    struct lfi_violation why = {0};
    struct lfi_error unused;
    uint64_t stack;
    if (!error)
        error = &unused;
    error->message[0] = 0;
    if (process->image_start) {
        linux_say(error, "this process already has a program");
        return -EBUSY;
    }
    enum lfi_verdict verdict = lfi_image_read(
        bytes, size, process->unverified ? LFI_MODE_JUMPS : process->weakest_mode, &image, &why);
    if (verdict != LFI_ACCEPTED) {
        bool weak = why.rule && !strcmp(why.rule, LFI_RULE_MODE);
        if (verdict == LFI_REFUSED)
            linux_say(error, "%s%.180s (%.40s)", weak ? "" : "not an LFI program: ", why.message,
                      why.rule ? why.rule : "");
        else
            linux_say(error, "out of memory");
        return weak ? -EACCES : verdict == LFI_REFUSED ? -ENOEXEC : -ENOMEM;
    }
    process->mode = image.mode;
    if (image.arch != ARCH_IMAGE) {
        const char *other = lfi_arch_name(image.arch), *ours = lfi_arch_name(ARCH_IMAGE);
        linux_say(error, "the program is for %s, and this is %s: '%s-lfi-run' runs it", other, ours,
                  other);
        return -ENOEXEC;
    }
    if (!image.phdr_vaddr) {
        linux_say(error, "the program headers are not loaded: link with -static-pie");
        return -ENOEXEC;
    }
    if (image.page_size < lfi_page_size()) {
        linux_say(error,
                  "linked for pages of %" PRIu64 " bytes, but this kernel's have %zu: link with "
                  "-z max-page-size=65536",
                  image.page_size, lfi_page_size());
        return -ENOEXEC;
    }
    if (!name_program(process, path)) {
        linux_say(error, "out of memory");
        return -ENOMEM;
    }
    int failed = load_segments(process, &image, bytes, error);
    if (!failed)
        failed = linux_build_stack(process, &image, &stack, error);
    if (!failed && !(process->main = linux_thread_new(process))) {
        linux_say(error, "out of memory");
        failed = -ENOMEM;
    }
    if (failed)
        return failed;
    uint64_t entry = process->image_start - image.start + image.entry;
    linux_arch_start(lfi_context_regs(process->main->context), entry, stack);
    find_symbols(process, bytes, size);
    if (process->debug)
        process->debugger = linux_debugger_add(process, bytes, size);
    return 0;
}

/* All of it is about to be written: without page faults, where the kernel knows that. */
static void populate(void *memory, size_t size)
{
    uint64_t start = page_up((uint64_t)memory), end = page_down((uint64_t)memory + size);
    if (memory && start < end)
        madvise((void *)start, end - start, MADV_POPULATE_WRITE); // NOLINT: an address
}

int linux_read_image(const char *path, uint8_t **bytes, size_t *size, struct lfi_error *error)
{
    struct stat status;
    int failed = 0, fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status))
        failed = -errno;
    else if (!S_ISREG(status.st_mode) || status.st_size == 0 || status.st_size > LINUX_IMAGE_MAX)
        failed = -ENOEXEC;
    size_t wanted = failed ? 0 : (size_t)status.st_size, done = 0;
    uint8_t *read_bytes = failed ? NULL : malloc(wanted);
    if (!failed && !read_bytes)
        failed = -ENOMEM;
    populate(read_bytes, wanted);
    while (!failed && done < wanted) {
        ssize_t count = read(fd, read_bytes + done, wanted - done);
        if (count < 0 && errno != EINTR)
            failed = -errno;
        else if (count == 0)
            wanted = done; /* it became shorter: what was read is what is checked */
        else if (count > 0)
            done += (size_t)count;
    }
    if (fd >= 0)
        close(fd);
    if (failed) {
        linux_say(error, "%.200s: %s", path,
                  failed == -ENOEXEC ? "not a program" : strerror(-failed));
        free(read_bytes);
        return failed;
    }
    *bytes = read_bytes;
    *size = wanted;
    return 0;
}

int lfi_linux_load(struct lfi_process *process, const char *path, struct lfi_error *error)
{
    struct lfi_error why = {{0}};
    uint8_t *bytes;
    size_t size;
    int failed = linux_read_image(path, &bytes, &size, error);
    if (failed)
        return failed;
    failed = lfi_linux_load_bytes(process, path, bytes, size, &why);
    if (failed)
        linux_say(error, "%.80s: %.170s", path, why.message);
    free(bytes);
    return failed;
}
