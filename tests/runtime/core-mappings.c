// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A box gets no more of the kernel's mappings than its limit, in whatever way it makes them, and
 * the host can go on. What makes no mappings is never refused.
 */
#include "core-box.h"
#include "core-maps.h"

#include <stdlib.h>
#include <unistd.h>

#define PAGE  lfi_page_size()
#define AREA  0x10000000
#define SPARE (TEST_EMULATED ? 1000 : 100000) /* pages that attacks have */

static long allowed(void)
{
    char text[32] = {0};
    int file = open("/proc/sys/vm/max_map_count", O_RDONLY);

    assert_true(read(file, text, sizeof(text) - 1) > 0);
    close(file);
    return strtol(text, NULL, 10);
}

/* What the kernel says; the books must not say less. */
static long count(const struct test_box *t)
{
    static struct mapping list[1 << 17];
    uint64_t start = t->base + LFI_GUARD_SIZE;
    long n = (long)read_mappings(start, t->base + LFI_BOX_SIZE - LFI_GUARD_SIZE, list, 1 << 17);

    assert_true(n <= (long)lfi_box_mappings(t->box));
    return n;
}

static void *nothing(void *data)
{
    return data;
}

/* Threads and memory for the host. */
static void host_goes_on(void)
{
    enum { THREADS = 50, MAPPINGS = 2000 };
    static void *at[MAPPINGS];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, nothing, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < MAPPINGS; i++) {
        at[i] = mmap(NULL, PAGE, i % 2 ? RW : PROT_READ, ANON, -1, 0);
        assert_ptr_not_equal(at[i], MAP_FAILED);
    }
    for (int i = 0; i < MAPPINGS; i++)
        munmap(at[i], PAGE);
}

/* The ways to make one more mapping, the n-th. */
static int memory = -1;

static int by_shared_pages(struct lfi_box *box, uint64_t at)
{
    return lfi_box_map(box, at, PAGE, PROT_READ, MAP_SHARED, memory, 0);
}

static int by_private_pages(struct lfi_box *box, uint64_t at)
{
    return lfi_box_map(box, at, PAGE, RW, MAP_PRIVATE, memory, 0);
}

static int by_shared_memory(struct lfi_box *box, uint64_t at)
{
    return lfi_box_map(box, at, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static int by_gaps(struct lfi_box *box, uint64_t at)
{
    return at / PAGE % 2 ? lfi_box_map(box, at, PAGE, RW, ANON, -1, 0) : 0;
}

static int by_protection(struct lfi_box *box, uint64_t at)
{
    return lfi_box_protect(box, at, PAGE, at / PAGE % 2 ? PROT_READ : RW);
}

static int by_unmapping(struct lfi_box *box, uint64_t at)
{
    return at / PAGE % 2 ? lfi_box_unmap(box, at, PAGE) : 0;
}

static int by_advice(struct lfi_box *box, uint64_t at)
{
    return lfi_box_advise(box, at, PAGE, at / PAGE % 2 ? MADV_RANDOM : MADV_SEQUENTIAL);
}

static int by_locking(struct lfi_box *box, uint64_t at)
{
    return at / PAGE % 2 ? lfi_box_lock(box, at, PAGE, true) : 0;
}

static int by_moving(struct lfi_box *box, uint64_t at)
{
    uint64_t other = at + ((uint64_t)SPARE + 2 - at / PAGE % 2) * PAGE;
    int error = lfi_box_map(box, other, PAGE, RW, ANON, -1, 0);

    if (error)
        return error;
    *(volatile int *)other = 1; /* memory of its own kind from now on */
    return lfi_box_move(box, other, at, PAGE);
}

/* Reserved in the end, but with marks of what was written: the kernel keeps them apart. */
static int by_traces(struct lfi_box *box, uint64_t at)
{
    int error = at / PAGE % 2 ? lfi_box_map(box, at, PAGE, RW, ANON, -1, 0) : 0;

    if (error || at / PAGE % 2 == 0)
        return error;
    *(volatile int *)at = 1;
    error = lfi_box_protect(box, at, PAGE, PROT_NONE);
    return error ? error : lfi_box_unmap(box, at, PAGE);
}

static const struct way {
    const char *name;
    int (*make)(struct lfi_box *box, uint64_t at);
    bool mapped; /* all of the area is, first */
} ways[] = {
    {"shared pages", by_shared_pages, false},
    {"private pages", by_private_pages, false},
    {"shared memory", by_shared_memory, false},
    {"gaps", by_gaps, false},
    {"protection", by_protection, true},
    {"unmapping", by_unmapping, true},
    {"advice", by_advice, true},
    {"locking", by_locking, true},
    {"moving", by_moving, false},
    {"traces", by_traces, false},
};

/* Makes mappings until it is told no. */
static void attack(struct test_box *t, const struct way *way)
{
    const uint64_t at = t->base + AREA;
    int error = way->mapped ? lfi_box_map(t->box, at, SPARE * PAGE, RW, ANON, -1, 0) : 0;

    for (uint64_t i = 0; !error && i < SPARE; i++)
        error = way->make(t->box, at + i * PAGE);
    assert_true(error == 0 || error == -ENOMEM);
}

static void no_way_to_starve_the_host(void **state)
{
    const long pool = allowed() / 2;

    (void)state;
    if (TEST_EMULATED)
        skip();
    memory = memfd_create("memory", 0);
    assert_int_equal(ftruncate(memory, (off_t)PAGE), 0);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct test_box t;
        long n;

        open_box(&t, false, NULL, NULL);
        attack(&t, &ways[i]);
        n = count(&t);
        print_message("%s: %ld mappings\n", ways[i].name, n);
        assert_true(n <= pool / 2 + 2);
        if (ways[i].make != by_locking && ways[i].make != by_traces) /* which may make fewer */
            assert_true(n >= pool / 2 - pool / 16);
        host_goes_on();
        /* it can give up again what it has, and then have other */
        assert_int_equal(lfi_box_unmap(t.box, t.base + AREA, SPARE * PAGE), 0);
        assert_int_equal(lfi_box_map(t.box, t.base + AREA, PAGE, RW, ANON, -1, 0), 0);
        close_box(&t);
    }
    close(memory);
}

/* All boxes of a space together. */
static void boxes_share(void **state)
{
    enum { BOXES = 6 };
    const long pool = allowed() / 2;
    static struct test_box t[BOXES];
    struct lfi_space *space;
    long all = 0, n = 0;

    (void)state;
    if (TEST_EMULATED)
        skip();
    memory = memfd_create("memory", 0);
    assert_int_equal(ftruncate(memory, (off_t)PAGE), 0);
    assert_int_equal(test_space_new(&space, BOXES, NULL), 0);
    for (int i = 0; i < BOXES; i++) {
        fill_box(&t[i], space, false, NULL, NULL);
        attack(&t[i], &ways[i % 4]);
        n = count(&t[i]);
        all += n;
        assert_true(n > pool >> (i + 3));
    }
    assert_true(all <= pool);
    host_goes_on();
    for (int i = 0; i < BOXES; i++)
        close_box(&t[i]);
    assert_int_equal(space->mappings, 0);
    assert_int_equal(lfi_space_free(space), 0);
    close(memory);
}

static void a_limit_of_its_own(void **state)
{
    struct test_box t;
    long n = 0;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(lfi_box_limit_mappings(t.box, SIZE_MAX), -EINVAL);
    assert_int_equal(lfi_box_limit_mappings(t.box, 100), 0);
    attack(&t, &ways[3]);
    n = count(&t);
    assert_in_range(n, 90, 100);
    assert_int_equal(lfi_box_map(t.box, t.base + 0x8000000, PAGE, PROT_READ, ANON, -1, 0), -ENOMEM);
    /* what needs none goes on at the limit: over a whole one, and giving one up */
    for (int i = 0; i < 100; i++)
        assert_int_equal(lfi_box_map(t.box, t.base + AREA + PAGE, PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_unmap(t.box, t.base + AREA + PAGE, PAGE), 0);
    assert_int_equal(lfi_box_unmap(t.box, t.base + AREA + 3 * PAGE, PAGE), 0);
    assert_int_equal(lfi_box_map(t.box, t.base + 0x8000000, PAGE, PROT_READ, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_limit_mappings(t.box, 0), 0);
    assert_int_equal(lfi_box_map(t.box, t.base + 0x9000000, PAGE, PROT_READ, ANON, -1, 0), 0);
    close_box(&t);
}

/* Mappings that the kernel merges, and such as come and go, a million, near the limit. */
static void what_makes_none_is_not_refused(void **state)
{
    const long rounds = TEST_EMULATED ? 1000 : 1000000;
    struct test_box t;
    uint64_t end;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(lfi_box_limit_mappings(t.box, (size_t)count(&t) + 20), 0);
    for (long i = 0; i < rounds; i++) {
        uint64_t at = t.base + AREA + (uint64_t)(i % 1000) * 3 * PAGE;

        assert_int_equal(lfi_box_map(t.box, at, 2 * PAGE, RW, ANON, -1, 0), 0);
        assert_int_equal(lfi_box_unmap(t.box, at, 2 * PAGE), 0);
    }
    /* a heap that grows */
    end = t.base + AREA;
    for (long i = 0; i < rounds / 20; i++) {
        assert_int_equal(lfi_box_map(t.box, end, PAGE, RW, ANON, -1, 0), 0);
        *(volatile int *)end = 1;
        end += PAGE;
    }
    for (long i = 0; i < rounds / 20; i++) {
        end -= PAGE;
        assert_int_equal(lfi_box_unmap(t.box, end, PAGE), 0);
    }
    /* protections that come and go */
    assert_int_equal(lfi_box_map(t.box, end, 1000 * PAGE, RW, ANON, -1, 0), 0);
    for (long i = 0; i < rounds / 20; i++) {
        uint64_t at = end + (uint64_t)(i % 1000) * PAGE;

        assert_int_equal(lfi_box_protect(t.box, at, PAGE, PROT_READ), 0);
        assert_int_equal(lfi_box_protect(t.box, at, PAGE, RW), 0);
    }
    count(&t);
    close_box(&t);
}

/* The books after random calls: never less than the kernel's, and the same once it was asked. */
static void counts_agree(void **state)
{
    static const int prots[] = {PROT_NONE, PROT_READ, RW, RW};
    struct test_box t;
    uint32_t seed = 1;

    (void)state;
    if (TEST_EMULATED)
        skip(); /* an emulator shows mappings of its own making */
    open_box(&t, false, NULL, NULL);
    for (int i = 0; i < 5000; i++) {
        uint64_t at, size;

        seed = seed * 1664525u + 1013904223u;
        at = t.base + AREA + (seed >> 8) % 64 * PAGE;
        size = (1 + (seed >> 16) % 16) * PAGE;
        switch (seed >> 28) {
        case 0:
        case 1:
        case 2:
        case 3:
            assert_int_equal(lfi_box_map(t.box, at, size, prots[seed >> 22 & 3], ANON, -1, 0), 0);
            break;
        case 4:
            assert_int_equal(lfi_box_map(t.box, at, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
                             0);
            break;
        case 5:
        case 6:
        case 7:
        case 8:
            assert_int_equal(lfi_box_unmap(t.box, at, size), 0);
            break;
        case 9:
        case 10:
        case 11:
            assert_int_equal(lfi_box_protect(t.box, at, size, prots[seed >> 22 & 3]), 0);
            break;
        case 12:
            lfi_box_move(t.box, at, at + 64 * PAGE, size);
            break;
        case 13:
            lfi_box_advise(t.box, at, size, seed & 1 << 20 ? MADV_RANDOM : MADV_NORMAL);
            break;
        default:
            lfi_copy_out(t.box, at, &seed, sizeof(seed)); /* where it is writable */
        }
        /* with the sys page: what is reserved behind it is one of the list */
        assert_true(count(&t) + 1 <= (long)lfi_box_mappings(t.box));
        if (i % 100 == 99) {
            lfi_box_limit_mappings(t.box, 1);
            while (lfi_box_map(t.box, t.base + 0x8000000, PAGE, RW, ANON, -1, 0) == 0)
                lfi_box_unmap(t.box, t.base + 0x8000000, PAGE);
            lfi_box_limit_mappings(t.box, 0);
            assert_int_equal(count(&t) + 1, lfi_box_mappings(t.box));
        }
    }
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_way_to_starve_the_host),
        cmocka_unit_test(boxes_share),
        cmocka_unit_test(a_limit_of_its_own),
        cmocka_unit_test(what_makes_none_is_not_refused),
        cmocka_unit_test(counts_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
