// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Each call that memory.c, space.c and pages.c make of the kernel (and of malloc) fails, at each
 * place, in each way, and after each failure all is as it must be: every address of the
 * reservation is mapped, no page is writable and executable, what the books call reserved is so,
 * the kernel has no more mappings than were counted; or core_stop() was called, and that only where
 * the kernel may have left a hole.
 *
 * The three files are compiled with these functions in the place of the kernel's: core.cmake.
 */
#include "core-box.h"
#include "core-maps.h"

#include <setjmp.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE  lfi_page_size()
#define AREA  0x10000000 /* of the pages that change all the time */
#define CODE  0x20000000 /* code, always at new addresses */
#define PAGES 24

enum way {
    REFUSED,        /* an error that is not ENOMEM; nothing was done */
    LIMIT,          /* ENOMEM, and the process may have no more mappings; nothing was done */
    NO_MEMORY,      /* ENOMEM; nothing was done */
    LATE,           /* ENOMEM after what was there is unmapped, or after half of the range */
    LATE_AND_LIMIT, /* the same, and the process may have no more mappings */
    WAYS
};

static struct {
    long number; /* of the call that fails; 0: none does */
    long calls;
    enum way way;
    bool fired, limit, must_stop;
    bool off;
    int file; /* the last one that was made */
    jmp_buf stopped;
    void *allocated[64]; /* by the operation: lost if it does not return */
    size_t allocations;
    struct {
        void *at;
        size_t size;
    } mapped[64]; /* the same of mappings */
    size_t mappings;
} inject;

void *inject_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
int inject_munmap(void *at, size_t size);
int inject_mprotect(void *at, size_t size, int prot);
int inject_madvise(void *at, size_t size, int advice);
void *inject_mremap(void *from, size_t size, size_t new_size, int flags, void *to);
int inject_msync(void *at, size_t size, int flags);
int inject_mlock(const void *at, size_t size);
int inject_munlock(const void *at, size_t size);
int inject_memfd_create(const char *name, unsigned flags);
ssize_t inject_pwrite(int file, const void *from, size_t size, off_t offset);
int inject_ftruncate(int file, off_t size);
int inject_fcntl(int file, int command, ...);
void *inject_malloc(size_t size);
void *inject_calloc(size_t count, size_t size);
void *inject_realloc(void *old, size_t size);
ssize_t inject_write(int file, const void *text, size_t size);
_Noreturn void inject_abort(void);

/* Whether this call fails; errno then says how. */
static bool fails(void)
{
    if (inject.off || ++inject.calls != inject.number)
        return false;
    inject.fired = true;
    inject.limit = inject.way == LIMIT || inject.way == LATE_AND_LIMIT;
    errno = inject.way == REFUSED ? EPERM : ENOMEM;
    return true;
}

static bool is_late(void)
{
    return inject.way == LATE || inject.way == LATE_AND_LIMIT;
}

static size_t half(size_t size)
{
    return size / 2 / PAGE * PAGE;
}

/* A call failed that replaces what is mapped. */
static void lose(void *at, size_t size)
{
    int error = errno;

    inject.must_stop = is_late() || inject.way == NO_MEMORY;
    if (is_late())
        munmap(at, size);
    errno = error;
}

static void *keep(void *at, size_t size)
{
    if (at != MAP_FAILED && inject.mappings < 64) {
        inject.mapped[inject.mappings].at = at;
        inject.mapped[inject.mappings++].size = size;
    }
    return at;
}

/* It is unmapped, or moved into the box. */
static void forget(const void *at)
{
    for (size_t i = 0; i < inject.mappings; i++) {
        if (inject.mapped[i].at == at)
            inject.mapped[i].size = 0;
    }
}

void *inject_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
    if (fails()) {
        if (flags & MAP_FIXED)
            lose(at, size);
        return MAP_FAILED;
    }
    if (inject.limit && !(flags & MAP_FIXED)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (flags & MAP_FIXED)
        return mmap(at, size, prot, flags, fd, offset);
    return keep(mmap(at, size, prot, flags, fd, offset), size);
}

/* Done all the same, or the test would run out of addresses. */
int inject_munmap(void *at, size_t size)
{
    bool failed = fails();

    munmap(at, size);
    forget(at);
    return failed ? -1 : 0;
}

int inject_mprotect(void *at, size_t size, int prot)
{
    if (fails()) {
        int error = errno;

        if (is_late() && half(size))
            mprotect(at, half(size), prot);
        errno = error;
        return -1;
    }
    return mprotect(at, size, prot);
}

int inject_madvise(void *at, size_t size, int advice)
{
    if (fails()) {
        int error = errno;

        if (is_late())
            madvise(at, size, advice);
        errno = error;
        return -1;
    }
    return madvise(at, size, advice);
}

void *inject_mremap(void *from, size_t size, size_t new_size, int flags, void *to)
{
    if (fails()) {
        if (flags & MREMAP_FIXED)
            lose(to, new_size);
        return MAP_FAILED;
    }
    if (!(flags & MREMAP_FIXED)) {
        void *made = mremap(from, size, new_size, flags, to);
        if (made != MAP_FAILED && !(flags & MREMAP_DONTUNMAP))
            forget(from);
        return keep(made, new_size);
    }
    if (mremap(from, size, new_size, flags, to) == MAP_FAILED)
        return MAP_FAILED;
    forget(from);
    return to;
}

int inject_msync(void *at, size_t size, int flags)
{
    return msync(at, size, flags);
}

int inject_mlock(const void *at, size_t size)
{
    return fails() ? -1 : mlock(at, size);
}

int inject_munlock(const void *at, size_t size)
{
    return fails() ? -1 : munlock(at, size);
}

/* Of the leak sanitizer, where there is one. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name */
extern void __lsan_ignore_object(const void *object) __attribute__((weak));

/* The descriptor is lost if the operation does not return. */
int inject_memfd_create(const char *name, unsigned flags)
{
    return inject.file = fails() ? -1 : memfd_create(name, flags);
}

ssize_t inject_pwrite(int file, const void *from, size_t size, off_t offset)
{
    return fails() ? -1 : pwrite(file, from, is_late() ? size / 2 + 1 : size, offset);
}

int inject_ftruncate(int file, off_t size)
{
    return fails() ? -1 : ftruncate(file, size);
}

int inject_fcntl(int file, int command, ...)
{
    va_list arguments;
    int argument;

    va_start(arguments, command);
    argument = va_arg(arguments, int);
    va_end(arguments);
    return fails() ? -1 : fcntl(file, command, argument);
}

void *inject_malloc(size_t size)
{
    void *made = fails() ? NULL : malloc(size);

    if (made && inject.allocations < 64)
        inject.allocated[inject.allocations++] = made;
    return made;
}

void *inject_calloc(size_t count, size_t size)
{
    void *made = fails() ? NULL : calloc(count, size);

    if (made && inject.allocations < 64)
        inject.allocated[inject.allocations++] = made;
    return made;
}

void *inject_realloc(void *old, size_t size)
{
    return fails() ? NULL : realloc(old, size);
}

ssize_t inject_write(int file, const void *text, size_t size)
{
    assert_int_equal(file, STDERR_FILENO);
    assert_memory_equal(text, "lfi: ", 5);
    return (ssize_t)size;
}

_Noreturn void inject_abort(void)
{
    longjmp(inject.stopped, 1);
}

/* ------------------------------------------------------------------------------------ the box */

static struct lfi_space *space;
static struct lfi_box *box;
static uint64_t code_at;
static uint32_t seed = 1;
static int memory;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

static void open_world(void)
{
    assert_int_equal(lfi_space_new(&space, 2, NULL), 0);
    assert_int_equal(lfi_box_new(space, &box, NULL), 0);
    code_at = box->base + CODE;
}

/* After a stop nothing of it can be used. */
static void throw_away(void)
{
    struct core_reservation *reservation = space->reservations;

    munmap((void *)reservation->start, reservation->size);
    machine_reservation_free(reservation);
    free(reservation);
    if (box) {
        for (size_t i = 0; i < BOX_CHUNKS; i++)
            free(box->chunks[i]);
        core_snapshot_free(box->snapshot);
        free(box);
    }
    close(space->maps);
    free(space);
}

static bool has_bit(enum page_bit which, uint64_t address)
{
    uint32_t page = (uint32_t)((address - box->base) / PAGE);
    struct page_chunk *chunk = box->chunks[page / CHUNK_PAGES];

    return chunk && chunk->bits[which][page % CHUNK_PAGES / 64] >> page % 64 & 1;
}

static void check_world(void)
{
    static struct mapping list[4096];
    const uint64_t start = space->reservations->start, end = start + space->reservations->size;
    size_t count = read_mappings(start, end, list, 4096);
    uint64_t covered = start;
    long edges = 0;

    for (size_t i = 0; i < count; i++) {
        const struct mapping *m = &list[i];
        bool usable = box && m->start >= box->base + LFI_GUARD_SIZE &&
                      m->start < box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;

        assert_true(m->start <= covered);
        assert_true(m->end > covered);
        covered = m->end;
        assert_false((m->prot & PROT_WRITE) && (m->prot & PROT_EXEC));
        if (!usable)
            continue;
        edges++;
        for (uint64_t at = m->start; m->prot && at < m->end; at += PAGE) {
            assert_true(has_bit(PAGE_USED, at));
            if (m->prot & PROT_EXEC)
                assert_true(has_bit(PAGE_CODE, at));
        }
        assert_true(m->anonymous || has_bit(PAGE_USED, m->start));
    }
    assert_true(covered >= end);
    if (box) {
        assert_true(edges + 2 <= box->mappings);
        assert_int_equal(box->mappings, space->mappings);
    } else {
        assert_int_equal(space->mappings, 0);
    }
}

/* --------------------------------------------------------------------------------------- calls */

struct range {
    uint64_t start;
    size_t size;
};

static struct range some_pages(void)
{
    uint32_t first = random_below(PAGES), count = 1 + random_below(PAGES - first);

    return (struct range){box->base + AREA + first * PAGE, count * PAGE};
}

static int some_prot(void)
{
    static const int prots[] = {PROT_NONE, PROT_READ, RW, RW};

    return prots[random_below(4)];
}

/* New memory is nobody else's, and zero. */
static int map_memory(void)
{
    struct range r = some_pages();
    int prot = some_prot(), populate = random_below(2) ? MAP_POPULATE : 0;
    int error = lfi_box_map(box, r.start, r.size, prot, ANON | populate, -1, 0);

    for (uint64_t at = r.start; !error && (prot & PROT_READ) && at < r.start + r.size; at += PAGE) {
        assert_int_equal(*(volatile int *)at, 0);
        if (prot & PROT_WRITE)
            *(volatile int *)at = 1;
    }
    return error;
}

static int map_shared_memory(void)
{
    struct range r = some_pages();

    return lfi_box_map(box, r.start, r.size, some_prot(), MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static int map_file(void)
{
    struct range r = some_pages();

    return lfi_box_map(box, r.start, r.size, some_prot(),
                       random_below(2) ? MAP_SHARED : MAP_PRIVATE, memory, 0);
}

static int unmap(void)
{
    struct range r = some_pages();

    return lfi_box_unmap(box, r.start, r.size);
}

static int protect(void)
{
    struct range r = some_pages();

    return lfi_box_protect(box, r.start, r.size, some_prot());
}

static int move(void)
{
    uint32_t count = 1 + random_below(PAGES / 2), first = random_below(PAGES - 2 * count + 1);
    uint64_t from = box->base + AREA + first * PAGE, to = from + count * PAGE;
    int error = random_below(2) ? lfi_box_move(box, from, to, count * PAGE)
                                : lfi_box_move(box, to, from, count * PAGE);

    return error == -EFAULT || error == -EINVAL ? 0 : error; /* several mappings, or files */
}

static int advise(void)
{
    static const int advices[] = {MADV_DONTNEED, MADV_RANDOM, MADV_NORMAL, MADV_NOHUGEPAGE};
    struct range r = some_pages();

    lfi_box_advise(box, r.start, r.size, advices[random_below(4)]);
    return 0;
}

static int lock(void)
{
    struct range r = some_pages();

    lfi_box_lock(box, r.start, r.size, random_below(2)); /* fails where memory is inaccessible */
    return 0;
}

static int map_code(void)
{
    static const uint8_t good[] = GOOD_CODE;
    struct lfi_code_map code = code_map(code_at, good, sizeof(good));
    int error = random_below(2) ? lfi_box_map(box, code_at, PAGE, RW, ANON, -1, 0) : 0;

    if (error == 0)
        error = lfi_box_map_code(box, &code, NULL);
    if (error == 0 && random_below(2))
        error = lfi_box_unmap(box, code_at, PAGE);
    code_at += 2 * PAGE;
    return error;
}

static int map_shared_code(void)
{
    static const uint8_t good[] = GOOD_CODE;
    struct lfi_code_map code = code_map(code_at - box->base, good, sizeof(good));
    struct lfi_shared_code *shared;
    int error = lfi_shared_code_new(&shared, &code, NULL);

    if (error)
        return error;
    error = lfi_box_map_shared_code(box, shared, NULL);
    lfi_shared_code_free(shared);
    code_at += 2 * PAGE;
    return error;
}

/* What the box sees of a few pages, the freeze among them. */
static uint64_t frozen[PAGES];

static void see(uint64_t *words)
{
    for (uint64_t i = 0; i < PAGES; i++) {
        words[i] = UINT64_MAX;
        lfi_copy_in(box, &words[i], box->base + AREA + i * PAGE, sizeof(*words));
    }
}

/* If it fails, all is as before. */
static int freeze(void)
{
    uint64_t after[PAGES];
    int error;

    see(frozen);
    error = lfi_box_freeze(box, NULL);
    see(after);
    assert_memory_equal(frozen, after, sizeof(after));
    return error;
}

/* If it fails, it can be repeated. */
static int reset(void)
{
    uint64_t after[PAGES];
    int error;

    inject.off = true;
    assert_int_equal(freeze(), 0);
    for (int i = 0; i < 6; i++) {
        static int (*const changes[])(void) = {map_memory, map_file, unmap, protect, move, advise};
        changes[random_below(6)]();
    }
    inject.off = false;
    error = lfi_box_reset(box, NULL);
    inject.off = true;
    inject.limit = false;
    if (error)
        assert_int_equal(lfi_box_reset(box, NULL), 0);
    inject.off = false;
    see(after);
    assert_memory_equal(frozen, after, sizeof(after));
    return error;
}

static int replace_box(void)
{
    int error = box ? lfi_box_free(box) : 0;

    if (error)
        return error;
    box = NULL;
    error = lfi_box_new(space, &box, NULL);
    if (error == 0)
        code_at = box->base + CODE;
    return error;
}

static int make_space(void)
{
    struct lfi_space *other;
    int error = lfi_space_new(&other, 1, NULL);

    return error ? error : lfi_space_free(other);
}

/* ---------------------------------------------------------------------------------------- test */

static int (*const operations[])(void) = {
    map_memory, map_shared_memory, map_file,    unmap,      protect,         move,   advise,
    lock,       map_code,          replace_box, make_space, map_shared_code, freeze, reset};
enum { OPERATIONS = sizeof(operations) / sizeof(*operations), PLACES = 100 };
static unsigned long fired[OPERATIONS][PLACES], stops;

/* One operation, in which one call fails. False where it makes fewer calls. */
static bool fail_once(size_t operation, long number, enum way way)
{
    volatile bool stopped = false;
    volatile int error = 0;

    if (!box) {
        inject.number = 0;
        inject.limit = false;
        assert_int_equal(replace_box(), 0);
    }
    inject.calls = 0;
    inject.allocations = inject.mappings = 0;
    inject.number = number;
    inject.way = way;
    inject.fired = inject.limit = inject.must_stop = inject.off = false;
    inject.file = -1;
    if (setjmp(inject.stopped))
        stopped = true;
    else
        error = operations[operation]();
    inject.number = 0;
    inject.limit = false;
    assert_int_equal(stopped, inject.must_stop);
    if (stopped) {
        stops++;
        for (size_t i = 0; __lsan_ignore_object && i < inject.allocations; i++)
            __lsan_ignore_object(inject.allocated[i]);
        for (size_t i = 0; i < inject.mappings; i++) {
            if (inject.mapped[i].size)
                munmap(inject.mapped[i].at, inject.mapped[i].size);
        }
        if (inject.file >= 0 && !(box && box->snapshot && *(int *)box->snapshot == inject.file))
            close(inject.file);
        throw_away();
        box = NULL;
        open_world();
        return true;
    }
    if (!inject.fired && operations[operation] != protect)
        assert_int_equal(error, 0);
    check_world();
    return inject.fired;
}

static void each_call_fails_in_each_way(void **state)
{
    unsigned long wanted = *(unsigned long *)*state, total = 0;

    assert_int_equal(lfi_faults_install(0, NULL), 0);
    memory = memfd_create("memory", 0);
    assert_int_equal(ftruncate(memory, (off_t)(PAGES * PAGE)), 0);
    open_world();
    while (total < wanted) {
        for (size_t operation = 0; operation < OPERATIONS; operation++) {
            for (enum way way = 0; way < WAYS; way++) {
                for (long number = 1; number < PLACES; number++) {
                    bool again = fail_once(operation, number, way);

                    total += again;
                    fired[operation][number] += again;
                    if (!again)
                        break;
                }
            }
        }
    }
    for (size_t operation = 0; operation < OPERATIONS; operation++)
        assert_true(fired[operation][1] > 0);
    throw_away();
    close(memory);
    lfi_faults_remove();
    print_message("%lu failures, %lu of them stops\n", total, stops);
}

int main(int argc, char **argv)
{
    unsigned long failures = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(each_call_fails_in_each_way, &failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
