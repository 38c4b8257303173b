// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Code of boxes: the only way to executable pages. memory.c says what holds of them.
 *
 * All that the verifier gets to know of where code lies is relative to the base of the box: where
 * the code begins and what belongs to its image. So its answer holds for every box that has the
 * code at that distance from its base. A base is a multiple of 4 GiB, wherever it is, so what code
 * computes from addresses of instructions (%rip, adr, adrp) stays as far from the base too.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keeps the first violation for the message and passes all on. */
struct listener {
    const struct lfi_code_map *code;
    struct lfi_violation first;
    bool heard;
};

static bool hear(void *data, const struct lfi_violation *violation)
{
    struct listener *listener = data;

    if (!listener->heard) {
        listener->heard = true;
        listener->first = *violation;
    }
    return listener->code->report && listener->code->report(listener->code->data, violation);
}

/* `code` has addresses relative to the base of its box. */
static int verify(const struct lfi_code_map *code, const uint8_t *bytes, size_t size,
                  struct lfi_error *error)
{
    struct listener listener = {.code = code};
    struct lfi_code run = {
        .bytes = bytes,
        .size = size,
        .address = code->address,
        .image_start = code->image_start,
        .image_end = code->image_end,
    };

    if (code->unverified)
        return 0;
    switch (lfi_verify_code(machine_arch, code->mode, &run, hear, &listener)) {
    case LFI_ACCEPTED:
        return 0;
    case LFI_REFUSED:
        core_explain(error, "the verifier refuses the code at 0x%llx of the box: %s: %s",
                     (unsigned long long)listener.first.address,
                     listener.heard ? listener.first.rule : "?",
                     listener.heard ? listener.first.message : "");
        return -EACCES;
    case LFI_UNABLE:
        break;
    }
    core_explain(error, "the verifier could not check the code: out of memory");
    return -ENOMEM;
}

static bool usable(uint64_t start, uint64_t end)
{
    return start >= LFI_GUARD_SIZE && start <= end && end <= LFI_BOX_SIZE - LFI_GUARD_SIZE;
}

/* The size in whole pages, or 0 and a message. Addresses are relative to the base. */
static size_t check(const struct lfi_code_map *code, struct lfi_error *error)
{
    size_t size = (code->size + lfi_page_size() - 1) & ~(size_t)(lfi_page_size() - 1);

    if (size != 0 && size >= code->size && size <= LFI_BOX_SIZE &&
        code->address % lfi_page_size() == 0 && usable(code->address, code->address + size) &&
        usable(code->image_start, code->image_end) && code->mode <= LFI_MODE_JUMPS &&
        code->address >= code->image_start && code->image_end >= code->address &&
        code->image_end - code->address >= code->size)
        return size;
    core_explain(error, "code must be page aligned, inside its image and inside the box");
    return 0;
}

/* The code and the traps after it, in new writable memory; NULL: out of memory. */
static uint8_t *stage(const void *bytes, size_t used, size_t size, struct lfi_error *error)
{
    /* all of it is written at once: populated, it costs no page faults */
    uint8_t *staged =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (staged == MAP_FAILED) {
        core_explain(error, "no memory for %zu bytes of code", size);
        return NULL;
    }
    memcpy(staged, bytes, used);
    memset(staged + used, MACHINE_TRAP, size - used);
    return staged;
}

/* Puts verified pages, which nothing can write to, into the box. Takes over what `staged` points
 * to.
 */
static int place_locked(struct lfi_box *box, void *staged, uint64_t address, size_t size,
                        unsigned bits, struct lfi_error *error)
{
    int result = 0;

    if (core_pages_any(box, PAGE_EVER_CODE, address, size)) {
        result = -EEXIST;
        core_explain(error, "there is or was code: choose an address where none ever was");
    } else if (core_snapshot_used(box, address, size)) {
        result = -EACCES;
        core_explain(error, "these pages were in use when the box was frozen: choose others");
    } else {
        result = core_place(box, staged, address, size, bits | BIT(READ));
        if (result)
            core_explain(error, "cannot map the code: %s", strerror(-result));
    }
    if (result) {
        munmap(staged, size);
        return result;
    }
    __builtin___clear_cache((char *)address, (char *)address + size);
    /* executable only in its final place: profilers are told of mprotect(2), not of mremap(2) */
    if (mprotect((void *)address, size, PROT_READ | PROT_EXEC)) {
        result = -errno;
        core_explain(error, "cannot make the code executable: %s", strerror(-result));
        core_unmap(box, address, size);
        return result;
    }
    core_pages_code(box, address, size);
    return 0;
}

/* What is not known of code. */
struct unknown {
    bool free_stack; /* its stack pointer */
    bool unverified; /* anything */
};

static int place(struct lfi_box *box, void *staged, uint64_t address, size_t size, unsigned bits,
                 struct unknown unknown, struct lfi_error *error)
{
    pthread_mutex_lock(&box->lock);
    int result = place_locked(box, staged, address, size, bits, error);
    if (result == 0 && unknown.free_stack)
        __atomic_store_n(&box->free_stack, true, __ATOMIC_RELEASE);
    if (result == 0 && unknown.unverified)
        __atomic_store_n(&box->unverified, true, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&box->lock);
    return result;
}

static struct unknown unknown_of(const struct lfi_code_map *code)
{
    return (struct unknown){.free_stack = code->unverified || code->mode == LFI_MODE_JUMPS,
                            .unverified = code->unverified};
}

bool core_code_bundle(struct lfi_box *box, uint64_t address, uint8_t bundle[LFI_BUNDLE_SIZE])
{
    address &= -(uint64_t)LFI_BUNDLE_SIZE;
    pthread_mutex_lock(&box->lock);
    bool is_code =
        lfi_box_contains(box, address, LFI_BUNDLE_SIZE) &&
        core_pages_any(box, PAGE_CODE, address & -(uint64_t)lfi_page_size(), lfi_page_size());
    if (is_code)
        memcpy(bundle, (const void *)address, LFI_BUNDLE_SIZE);
    pthread_mutex_unlock(&box->lock);
    return is_code;
}

int lfi_box_map_code(struct lfi_box *box, const struct lfi_code_map *code, struct lfi_error *error)
{
    struct lfi_code_map relative = *code;

    relative.address -= box->base;
    relative.image_start -= box->base;
    relative.image_end -= box->base;
    size_t size = check(&relative, error);
    if (!size)
        return -EINVAL;
    uint8_t *staged = stage(code->bytes, code->size, size, error);
    if (!staged)
        return -ENOMEM;
    int result = verify(&relative, staged, size, error);
    if (result == 0 && mprotect(staged, size, PROT_READ)) {
        result = -errno;
        core_explain(error, "cannot protect the code: %s", strerror(-result));
    }
    if (result) {
        munmap(staged, size);
        return result;
    }
    return place(box, staged, code->address, size, 0, unknown_of(code), error);
}

/* ------------------------------------------------------------------------------- shared code */

struct lfi_shared_code {
    uint64_t address; /* relative to the base of a box */
    size_t size;      /* whole pages */
    struct unknown unknown;
    bool shared; /* else each box gets a copy */
    void *pages; /* verified, read-only */
};

/* One more mapping of the same pages of a file, which takes no descriptor. */
static void *map_again(void *pages, size_t size)
{
    return mremap(pages, 0, size, MREMAP_MAYMOVE, NULL);
}

/* Pages of a file with these contents that nothing can change any more, or MAP_FAILED. */
static void *seal(const uint8_t *bytes, size_t size)
{
    int file = core_memory_file("lfi-code");
    void *pages = MAP_FAILED;

    if (file < 0)
        return MAP_FAILED;
    if (core_write_all(file, bytes, size, 0) == 0 && core_seal(file) == 0)
        pages = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0); /* EPERM before Linux 6.7 */
    close(file);
    return pages;
}

/* Whether the (verified) pages can be mapped again, which emulators cannot, and made executable,
 * which a policy may deny. */
static bool can_share(const struct lfi_shared_code *code)
{
    void *again = map_again(code->pages, code->size);

    if (again == MAP_FAILED)
        return false;
    bool can = mprotect(again, code->size, PROT_READ | PROT_EXEC) == 0;
    munmap(again, code->size);
    return can;
}

int lfi_shared_code_new(struct lfi_shared_code **result, const struct lfi_code_map *code,
                        struct lfi_error *error)
{
    size_t size = check(code, error);
    struct lfi_shared_code *new;

    *result = NULL;
    if (!size)
        return -EINVAL;
    new = calloc(1, sizeof *new);
    if (!new)
        return -ENOMEM;
    new->address = code->address;
    new->size = size;
    new->unknown = unknown_of(code);
    new->pages = stage(code->bytes, code->size, size, error);
    if (!new->pages) {
        free(new);
        return -ENOMEM;
    }
    void *sealed = seal(new->pages, size);
    if (sealed != MAP_FAILED) {
        munmap(new->pages, size);
        new->pages = sealed;
    }
    /* what is verified is what boxes get: after it was sealed, or before it is copied */
    int failure = verify(code, new->pages, size, error);
    if (failure == 0 && sealed != MAP_FAILED)
        new->shared = can_share(new);
    else if (failure == 0 && mprotect(new->pages, size, PROT_READ))
        failure = -errno;
    if (failure) {
        lfi_shared_code_free(new);
        return failure;
    }
    *result = new;
    return 0;
}

void lfi_shared_code_free(struct lfi_shared_code *code)
{
    if (!code)
        return;
    munmap(code->pages, code->size);
    free(code);
}

bool lfi_shared_code_is_shared(const struct lfi_shared_code *code)
{
    return code->shared;
}

int lfi_box_map_shared_code(struct lfi_box *box, const struct lfi_shared_code *code,
                            struct lfi_error *error)
{
    void *staged;

    if (code->shared) {
        staged = map_again(code->pages, code->size);
        if (staged == MAP_FAILED) {
            core_explain(error, "cannot map the code: %s (check vm.max_map_count)",
                         strerror(errno));
            return -ENOMEM;
        }
    } else {
        staged = stage(code->pages, code->size, code->size, error);
        if (!staged)
            return -ENOMEM;
        if (mprotect(staged, code->size, PROT_READ)) {
            munmap(staged, code->size);
            core_explain(error, "cannot protect the code");
            return -ENOMEM;
        }
    }
    return place(box, staged, box->base + code->address, code->size, code->shared ? BIT(SHARED) : 0,
                 code->unknown, error);
}

/*
 * Boxes of a space mostly have it at the same distance from their bases: the first one that is made
 * is kept, and shared by all those.
 */
int lfi_box_map_return(struct lfi_box *box, uint64_t address, struct lfi_error *error)
{
    const struct lfi_code_map code = {
        .address = address - box->base,
        .bytes = machine_return_code,
        .size = MACHINE_RETURN_SIZE,
        .mode = LFI_MODE_FULL,
        .image_start = address - box->base,
        .image_end = address - box->base + lfi_page_size(),
    };
    struct lfi_space *space = box->space;
    struct lfi_shared_code *shared, *own = NULL;
    int result = 0;

    pthread_mutex_lock(&space->lock);
    shared = space->return_code;
    if (!shared || shared->address != code.address) {
        result = lfi_shared_code_new(&shared, &code, error);
        if (space->return_code)
            own = shared;
        else
            space->return_code = shared;
    }
    pthread_mutex_unlock(&space->lock);
    if (result)
        return result;
    result = lfi_box_map_shared_code(box, shared, error);
    lfi_shared_code_free(own);
    if (result == 0)
        __atomic_store_n(&box->return_address, address, __ATOMIC_RELEASE);
    return result;
}
