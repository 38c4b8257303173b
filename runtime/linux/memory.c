// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The memory of a process: which pages of the box are used for what, and the calls that change it.
 *
 * The image is at the bottom, the heap of brk after it; mappings go from the top downwards, as the
 * kernel places them, so that neighbours of the same kind become one mapping of the host. Each
 * munmap, mprotect and brk, and each mmap of new private memory, is one host call. Only what the
 * loader mapped is executable; code and guards are LINUX_RANGE_FIXED, which no call changes: a page
 * of code must stay where it was verified, with the bytes that were verified.
 */
#include "process.h"

#include <sys/mman.h>

#define HUGE_PAGE (2u << 20)

/* A range of pages, counted from the base. */
struct pages {
    uint32_t start, end;
};

static uint32_t page_of(const struct lfi_process *process, uint64_t address)
{
    return (uint32_t)((address - process->base) / lfi_page_size());
}

static uint64_t address_of(const struct lfi_process *process, uint32_t page)
{
    return process->base + (uint64_t)page * lfi_page_size();
}

/* The size in whole pages, or 0 if it is 0 or absurd. */
static uint64_t round_up(uint64_t size)
{
    return size > LFI_BOX_SIZE ? 0
                               : (size + lfi_page_size() - 1) & ~(uint64_t)(lfi_page_size() - 1);
}

/* The pages of [address, address + size): false if unaligned, empty or not inside of the box. */
static bool pages_of(const struct lfi_process *process, uint64_t address, uint64_t size,
                     struct pages *pages)
{
    size = round_up(size);
    if (address % lfi_page_size() || size == 0 || !lfi_box_contains(process->box, address, size))
        return false;
    pages->start = page_of(process, address);
    pages->end = pages->start + (uint32_t)(size / lfi_page_size());
    return true;
}

static uint32_t kind_of(int prot, int flags)
{
    uint32_t kind = LINUX_RANGE_USED;
    kind |= prot & PROT_READ ? LINUX_RANGE_READ : 0;
    kind |= prot & PROT_WRITE ? LINUX_RANGE_WRITE | LINUX_RANGE_FILLED : 0;
    kind |= flags & MAP_ANONYMOUS ? LINUX_RANGE_FILLED : 0;
    if ((flags & MAP_ANONYMOUS) && (flags & MAP_TYPE) == MAP_PRIVATE)
        kind |= LINUX_RANGE_ANONYMOUS;
    return kind;
}

static int prot_of(uint32_t kind)
{
    return (kind & LINUX_RANGE_READ ? PROT_READ : 0) | (kind & LINUX_RANGE_WRITE ? PROT_WRITE : 0);
}

bool linux_memory_init(struct lfi_process *process)
{
    pthread_mutex_init(&process->memory.lock, NULL);
    return linux_ranges_init(&process->memory.ranges, LFI_GUARD_SIZE / lfi_page_size(),
                             (LFI_BOX_SIZE - LFI_GUARD_SIZE) / lfi_page_size());
}

bool linux_memory_charge(struct lfi_process *process, int64_t pages)
{
    pthread_mutex_lock(&process->memory.lock);
    bool done = linux_ranges_charge(&process->memory.ranges, pages);
    pthread_mutex_unlock(&process->memory.lock);
    return done;
}

void linux_memory_free(struct lfi_process *process)
{
    linux_ranges_free(&process->memory.ranges);
    pthread_mutex_destroy(&process->memory.lock);
}

bool linux_memory_claim(struct lfi_process *process, uint64_t address, uint64_t size, uint32_t kind)
{
    struct linux_ranges *ranges = &process->memory.ranges;
    struct pages pages;
    kind |= LINUX_RANGE_USED | (kind & LINUX_RANGE_ANONYMOUS ? LINUX_RANGE_FILLED : 0);
    return pages_of(process, address, size, &pages) &&
           linux_ranges_unused(ranges, pages.start, pages.end) &&
           linux_ranges_set(ranges, pages.start, pages.end, kind);
}

bool linux_memory_has(struct lfi_process *process, uint64_t address)
{
    const struct linux_ranges *ranges = &process->memory.ranges;
    uint32_t end;
    pthread_mutex_lock(&process->memory.lock);
    bool has = lfi_box_contains(process->box, address, 1) &&
               linux_ranges_at(ranges, page_of(process, address), &end) != LINUX_RANGE_FREE;
    pthread_mutex_unlock(&process->memory.lock);
    return has;
}

uint64_t linux_memory_place(struct lfi_process *process, uint32_t pages)
{
    struct linux_ranges *ranges = &process->memory.ranges;
    pthread_mutex_lock(&process->memory.lock);
    uint32_t at = linux_ranges_find(ranges, pages, 1);
    uint32_t kind = LINUX_RANGE_USED | LINUX_RANGE_READ | LINUX_RANGE_FIXED;
    bool done = at && linux_ranges_set(ranges, at, at + pages, kind);
    pthread_mutex_unlock(&process->memory.lock);
    return done ? address_of(process, at) : 0;
}

/* Maps anonymous or file memory over pages that may be changed. The lock is held. */
static int64_t map(struct lfi_process *process, struct pages pages, int prot, int flags, int fd,
                   uint64_t offset)
{
    struct linux_ranges *ranges = &process->memory.ranges;
    uint64_t address = address_of(process, pages.start);
    uint64_t size = (uint64_t)(pages.end - pages.start) * lfi_page_size();
    uint32_t kind = kind_of(prot, flags);
    if (!linux_ranges_prepare(ranges, pages.start, pages.end, kind))
        return -ENOMEM;
    flags &= MAP_TYPE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE;
    int error = lfi_box_map(process->box, address, size, prot, flags, fd, (off_t)offset);
    if (error)
        return error; /* what was there still belongs to the program, mapped or not */
    linux_ranges_set(ranges, pages.start, pages.end, kind);
    if (process->huge_pages && size >= HUGE_PAGE && (flags & MAP_ANONYMOUS))
        lfi_box_advise(process->box, address, size, MADV_HUGEPAGE);
    return (int64_t)address;
}

HANDLER(mmap)
{
    struct lfi_process *process = call->process;
    struct linux_ranges *ranges = &process->memory.ranges;
    uint64_t address = call->arg[0], size = round_up(call->arg[1]), offset = call->arg[5];
    int prot = (int)call->arg[2], flags = (int)call->arg[3], fd = -1;
    int type = flags & MAP_TYPE;
    if (size == 0)
        return call->arg[1] ? -ENOMEM : -EINVAL;
    if (type == MAP_SHARED_VALIDATE && !(flags & MAP_SYNC)) {
        type = MAP_SHARED;
        flags = (flags & ~MAP_TYPE) | type;
    }
    if ((type != MAP_PRIVATE && type != MAP_SHARED) || offset % lfi_page_size() ||
        (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)))
        return -EINVAL;
    if (prot & PROT_EXEC)
        return -EACCES;
    if (flags & MAP_HUGETLB)
        return -ENOMEM;
    struct linux_file *file = NULL;
    if (!(flags & MAP_ANONYMOUS)) {
        file = linux_fdtable_get(&process->files, (int)call->arg[4]);
        if (!file)
            return -EBADF;
        if (file->map == LINUX_PLACE_VIRTUAL) {
            linux_file_drop(file);
            return -ENODEV;
        }
        fd = file->host;
    }

    bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    struct pages pages = {0};
    int64_t result = 0;
    pthread_mutex_lock(&process->memory.lock);
    bool inside = pages_of(process, address, size, &pages);
    if (fixed) {
        if (!inside)
            result = address % lfi_page_size() ? -EINVAL : -ENOMEM;
        else if ((flags & MAP_FIXED_NOREPLACE) &&
                 !linux_ranges_unused(ranges, pages.start, pages.end))
            result = -EEXIST;
        else if (!linux_ranges_all(ranges, pages.start, pages.end, 0, LINUX_RANGE_FIXED))
            result = -EACCES;
    } else if (!inside || !linux_ranges_unused(ranges, pages.start, pages.end)) {
        /* As the kernel: large anonymous memory where huge pages fit. */
        uint32_t count = (uint32_t)(size / lfi_page_size());
        bool large = size >= HUGE_PAGE && (flags & MAP_ANONYMOUS);
        uint32_t start = large ? linux_ranges_find(ranges, count, HUGE_PAGE / lfi_page_size()) : 0;
        if (!start)
            start = linux_ranges_find(ranges, count, 1);
        pages = (struct pages){start, start + count};
        result = start ? 0 : -ENOMEM;
    }
    if (!result)
        result = map(process, pages, prot, flags, fd, offset);
    pthread_mutex_unlock(&process->memory.lock);
    if (file && file->memory && result > 0)
        linux_memfd_mapped(file->memory);
    linux_file_drop(file);
    return result;
}

/* What munmap, mprotect and the like may name: pages inside the box that are not fixed. */
static int64_t changeable(struct lfi_process *process, uint64_t address, uint64_t size, bool used,
                          struct pages *pages)
{
    struct linux_ranges *ranges = &process->memory.ranges;
    if (!pages_of(process, address, size, pages))
        return address % lfi_page_size() || !size ? -EINVAL : used ? -ENOMEM : -EINVAL;
    if (!linux_ranges_all(ranges, pages->start, pages->end, 0, LINUX_RANGE_FIXED))
        return -EACCES;
    if (used && !linux_ranges_all(ranges, pages->start, pages->end, LINUX_RANGE_USED, 0))
        return -ENOMEM;
    return 0;
}

HANDLER(munmap)
{
    struct lfi_process *process = call->process;
    struct linux_ranges *ranges = &process->memory.ranges;
    struct pages pages;
    pthread_mutex_lock(&process->memory.lock);
    int64_t result = changeable(process, call->arg[0], call->arg[1], false, &pages);
    if (!result && !linux_ranges_unused(ranges, pages.start, pages.end)) {
        uint64_t size = (uint64_t)(pages.end - pages.start) * lfi_page_size();
        if (!linux_ranges_prepare(ranges, pages.start, pages.end, LINUX_RANGE_FREE))
            result = -ENOMEM;
        else
            result = lfi_box_unmap(process->box, call->arg[0], size);
        if (!result)
            linux_ranges_set(ranges, pages.start, pages.end, LINUX_RANGE_FREE);
    }
    pthread_mutex_unlock(&process->memory.lock);
    return result;
}

/* False: too many ranges, and only a part of them has changed. */
static bool change_kinds(struct linux_ranges *ranges, struct pages pages, uint32_t set,
                         uint32_t clear)
{
    for (uint32_t end, at = pages.start; at < pages.end; at = end) {
        uint32_t kind = linux_ranges_at(ranges, at, &end);
        end = end < pages.end ? end : pages.end;
        if (!linux_ranges_set(ranges, at, end, (kind & ~clear) | set))
            return false;
    }
    return true;
}

HANDLER(mprotect)
{
    struct lfi_process *process = call->process;
    struct linux_ranges *ranges = &process->memory.ranges;
    int prot = (int)call->arg[2];
    struct pages pages = {0};
    if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC))
        return -EINVAL;
    if (call->arg[1] == 0)
        return call->arg[0] % lfi_page_size() ? -EINVAL : 0;
    if (prot & PROT_EXEC)
        return -EACCES;
    pthread_mutex_lock(&process->memory.lock);
    int64_t result = changeable(process, call->arg[0], call->arg[1], true, &pages);
    if (!result && (prot & PROT_WRITE) && !change_kinds(ranges, pages, LINUX_RANGE_FILLED, 0))
        result = -ENOMEM;
    if (!result) {
        uint64_t size = (uint64_t)(pages.end - pages.start) * lfi_page_size();
        result = lfi_box_protect(process->box, call->arg[0], size, prot);
    }
    if (!result) /* only mremap looks at the protection */
        change_kinds(ranges, pages, kind_of(prot, 0), LINUX_RANGE_READ | LINUX_RANGE_WRITE);
    pthread_mutex_unlock(&process->memory.lock);
    return result;
}

/*
 * The heap grows from brk_start. With huge pages it grows by whole ones, and brk_mapped runs ahead.
 */
HANDLER(brk)
{
    struct lfi_process *process = call->process;
    struct memory *memory = &process->memory;
    uint64_t wanted = call->arg[0];
    pthread_mutex_lock(&memory->lock);
    uint64_t grain = process->huge_pages ? HUGE_PAGE : lfi_page_size();
    uint64_t end = (wanted + grain - 1) / grain * grain;
    bool inside = wanted >= memory->brk_start && wanted - memory->brk_start < LFI_BOX_SIZE;
    bool done = inside && end == memory->brk_mapped;
    struct pages pages;
    if (inside && end > memory->brk_mapped &&
        pages_of(process, memory->brk_mapped, end - memory->brk_mapped, &pages) &&
        linux_ranges_unused(&memory->ranges, pages.start, pages.end)) {
        done = map(process, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) > 0;
    } else if (inside && end < memory->brk_mapped &&
               pages_of(process, end, memory->brk_mapped - end, &pages) &&
               linux_ranges_all(&memory->ranges, pages.start, pages.end, 0, LINUX_RANGE_FIXED) &&
               linux_ranges_prepare(&memory->ranges, pages.start, pages.end, LINUX_RANGE_FREE)) {
        done = !lfi_box_unmap(process->box, end, memory->brk_mapped - end) &&
               linux_ranges_set(&memory->ranges, pages.start, pages.end, LINUX_RANGE_FREE);
    }
    if (done) {
        memory->brk = wanted;
        memory->brk_mapped = end;
    }
    uint64_t result = memory->brk;
    pthread_mutex_unlock(&memory->lock);
    return (int64_t)result;
}

/* The pages of one mapping that can grow: private and anonymous, of one kind. */
static bool same_kind(struct lfi_process *process, struct pages pages, uint32_t *kind)
{
    uint32_t end;
    *kind = linux_ranges_at(&process->memory.ranges, pages.start, &end);
    return end >= pages.end && (*kind & LINUX_RANGE_ANONYMOUS);
}

/*
 * Larger: in place if there is room, otherwise elsewhere. Either way it stays one mapping of the
 * kernel, or it could not be moved as a whole the next time: pages that are made accessible after
 * it become part of it only if it never moved and has no properties of its own.
 */
static int64_t grow(struct lfi_process *process, struct pages old, uint32_t count, bool may_move,
                    const uint64_t *target)
{
    struct linux_ranges *ranges = &process->memory.ranges;
    uint32_t kind, start = old.start;
    if (!same_kind(process, old, &kind))
        return -ENOMEM;
    struct pages tail = {old.end, old.start + count};
    bool in_place =
        !target && tail.start < tail.end && linux_ranges_unused(ranges, tail.start, tail.end);
    if (in_place && !(kind & LINUX_RANGE_MOVED) && !process->huge_pages) {
        int64_t result = map(process, tail, prot_of(kind), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return result < 0 ? result : (int64_t)address_of(process, old.start);
    }
    if (!in_place && !may_move)
        return -ENOMEM;
    if (target) {
        start = page_of(process, *target);
    } else if (!in_place) {
        uint32_t huge = HUGE_PAGE / lfi_page_size();
        start = linux_ranges_find(ranges, count, count >= huge ? huge : 1);
        if (!start && !(start = linux_ranges_find(ranges, count, 1)))
            return -ENOMEM;
    }
    kind |= LINUX_RANGE_MOVED;
    uint64_t from = address_of(process, old.start), to = address_of(process, start);
    uint64_t size = (uint64_t)(old.end - old.start) * lfi_page_size();
    uint64_t new_size = (uint64_t)count * lfi_page_size();
    if (!linux_ranges_prepare(ranges, start, start + count, kind) ||
        lfi_box_grow(process->box, from, size, to, new_size))
        return -ENOMEM;
    if (start != old.start)
        linux_ranges_set(ranges, old.start, old.end, LINUX_RANGE_FREE);
    linux_ranges_set(ranges, start, start + count, kind);
    if (process->huge_pages && new_size >= HUGE_PAGE)
        lfi_box_advise(process->box, to, new_size, MADV_HUGEPAGE);
    return (int64_t)to;
}

HANDLER(mremap)
{
    struct lfi_process *process = call->process;
    uint64_t old_size = round_up(call->arg[1]), new_size = round_up(call->arg[2]);
    uint64_t flags = call->arg[3], target = call->arg[4], address = call->arg[0];
    bool fixed = flags & MREMAP_FIXED, may_move = flags & MREMAP_MAYMOVE;
    struct pages old, new = {0};
    if ((flags & ~(uint64_t)(MREMAP_MAYMOVE | MREMAP_FIXED)) || (fixed && !may_move) ||
        !call->arg[2])
        return -EINVAL;
    if (!old_size || !new_size)
        return old_size ? -ENOMEM : -EINVAL;
    pthread_mutex_lock(&process->memory.lock);
    int64_t result = changeable(process, address, old_size, true, &old);
    if (result == -ENOMEM)
        result = -EFAULT;
    if (!result && fixed) {
        result = changeable(process, target, new_size, false, &new);
        if (!result && new.start < old.end && old.start < new.end)
            result = -EINVAL;
    }
    uint32_t count = (uint32_t)(new_size / lfi_page_size());
    if (result) {
        /* refused */
    } else if (!fixed && count <= old.end - old.start) {
        uint64_t rest = old_size - new_size;
        if (rest && !linux_ranges_prepare(&process->memory.ranges, old.start + count, old.end,
                                          LINUX_RANGE_FREE))
            result = -ENOMEM;
        else if (rest)
            result = lfi_box_unmap(process->box, address + new_size, rest);
        if (rest && !result)
            linux_ranges_set(&process->memory.ranges, old.start + count, old.end, LINUX_RANGE_FREE);
        result = result ? result : (int64_t)address;
    } else {
        if (fixed && count < old.end - old.start) {
            struct pages rest = {old.start + count, old.end};
            if (linux_ranges_prepare(&process->memory.ranges, rest.start, rest.end,
                                     LINUX_RANGE_FREE))
                result = lfi_box_unmap(process->box, address + new_size, old_size - new_size);
            else
                result = -ENOMEM;
            if (!result)
                linux_ranges_set(&process->memory.ranges, rest.start, rest.end, LINUX_RANGE_FREE);
            old.end = rest.start;
        }
        if (!result)
            result = grow(process, old, count, may_move, fixed ? &target : NULL);
    }
    pthread_mutex_unlock(&process->memory.lock);
    return result;
}

HANDLER(madvise)
{
    struct lfi_process *process = call->process;
    struct pages pages;
    if (call->arg[1] == 0)
        return 0;
    pthread_mutex_lock(&process->memory.lock);
    int64_t result = changeable(process, call->arg[0], call->arg[1], true, &pages);
    if (!result)
        result =
            lfi_box_advise(process->box, call->arg[0], round_up(call->arg[1]), (int)call->arg[2]);
    pthread_mutex_unlock(&process->memory.lock);
    return result;
}

/* Calls that change nothing a page holds or permits: a range inside of the box is enough. */
static int64_t on_range(struct call *call)
{
    struct pages pages;
    if (call->arg[1] == 0)
        return 0;
    if (call->arg[1] > LFI_BOX_SIZE ||
        !pages_of(call->process, call->arg[0] & ~(uint64_t)(lfi_page_size() - 1),
                  call->arg[1] + call->arg[0] % lfi_page_size(), &pages))
        return -ENOMEM;
    return host(call->number, call->arg[0], call->arg[1], call->arg[2]);
}

HANDLER(msync)
{
    return on_range(call);
}

HANDLER(mlock)
{
    struct lfi_process *process = call->process;
    uint64_t address = call->arg[0] & ~(uint64_t)(lfi_page_size() - 1);
    uint64_t size = call->arg[1] + call->arg[0] % lfi_page_size();
    struct pages pages;
    if (call->arg[1] == 0)
        return 0;
    if (call->arg[1] > LFI_BOX_SIZE || !pages_of(process, address, size, &pages))
        return -ENOMEM;
    pthread_mutex_lock(&process->memory.lock);
    int64_t result = -ENOMEM;
    if (linux_ranges_all(&process->memory.ranges, pages.start, pages.end, LINUX_RANGE_USED, 0))
        result = lfi_box_lock(process->box, address, round_up(size), call->number == SYS_mlock);
    pthread_mutex_unlock(&process->memory.lock);
    return result;
}

HANDLER(mincore)
{
    uint64_t pages = round_up(call->arg[1]) / lfi_page_size();
    if (!lfi_box_contains(call->process->box, call->arg[2], pages))
        return -EFAULT;
    return on_range(call);
}

HANDLER(membarrier)
{
    return host(SYS_membarrier, call->arg[0], (unsigned)call->arg[1], (int)call->arg[2]);
}
