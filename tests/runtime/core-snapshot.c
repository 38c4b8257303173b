// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Freezing a box and going back; code that boxes share. */
#include "core-box.h"
#include "core-maps.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE  lfi_page_size()
#define AREA  0x10000000
#define PAGES 64

static struct lfi_error why;

static int freeze(const struct test_box *t)
{
    return lfi_box_freeze(t->box, &why);
}

static int reset(const struct test_box *t)
{
    return lfi_box_reset(t->box, &why);
}

static volatile uint64_t *word(const struct test_box *t, size_t page)
{
    return (volatile uint64_t *)(t->base + AREA + page * PAGE);
}

static int map(const struct test_box *t, size_t page, size_t count, int prot)
{
    return lfi_box_map(t->box, t->base + AREA + page * PAGE, count * PAGE, prot, ANON, -1, 0);
}

/* Whether the page can be read, and written to. */
static int prot_of(const struct test_box *t, size_t page)
{
    uint64_t value, at = t->base + AREA + page * PAGE;
    int prot = lfi_copy_in(t->box, &value, at, sizeof(value)) ? 0 : PROT_READ;

    if (prot && lfi_copy_out(t->box, at, &value, sizeof(value)) == 0)
        prot |= PROT_WRITE;
    return prot;
}

/* What the kernel says of the usable part of the box, without what differs by how it came about. */
static size_t layout(const struct test_box *t, struct mapping *list, size_t max)
{
    size_t n = 0, count = read_mappings(t->base + LFI_GUARD_SIZE,
                                        t->base + LFI_BOX_SIZE - LFI_GUARD_SIZE, list, max);

    for (size_t i = 0; i < count; i++) {
        if (n && list[n - 1].prot == list[i].prot && list[n - 1].shared == list[i].shared)
            list[n - 1].end = list[i].end;
        else
            list[n++] = list[i];
    }
    return n;
}

static void contents_come_back(void **state)
{
    struct test_box t;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(reset(&t), -ENOENT);
    assert_true(strlen(why.message) > 0);
    assert_int_equal(map(&t, 0, PAGES, RW), 0);
    for (uint64_t i = 0; i < PAGES; i += 2)
        *word(&t, i) = i + 1;
    assert_int_equal(freeze(&t), 0);
    for (int round = 0; round < 5; round++) {
        for (uint64_t i = 0; i < PAGES; i++) {
            assert_int_equal(*word(&t, i), i % 2 ? 0 : i + 1);
            if (i % 3 == 0)
                *word(&t, i) = 1000 + i;
        }
        /* code runs there, with its stack and data */
        assert_int_equal(run(&t, code_tp, 5).kind, LFI_EXIT_RETURNED);
        assert_int_equal(reset(&t), 0);
    }
    /* a second freeze is another point */
    *word(&t, 0) = 77;
    *word(&t, 1) = 78;
    assert_int_equal(freeze(&t), 0);
    *word(&t, 0) = *word(&t, 1) = *word(&t, 2) = 99;
    assert_int_equal(reset(&t), 0);
    assert_int_equal(*word(&t, 0), 77);
    assert_int_equal(*word(&t, 1), 78);
    assert_int_equal(*word(&t, 2), 3);
    close_box(&t);
}

/* Large memory of which little is used takes little, and stays zero. */
static void zeros_are_not_copied(void **state)
{
    const size_t many = TEST_EMULATED ? 4096 : 65536;
    struct test_box t;
    struct stat status;
    int file;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(map(&t, 0, many, RW), 0);
    *word(&t, 0) = 1;
    *word(&t, many / 2) = 2;
    assert_int_equal(freeze(&t), 0);
    file = *(const int *)t.box->snapshot; /* its first member */
    assert_int_equal(fstat(file, &status), 0);
    assert_true((size_t)status.st_blocks * 512 < 300 * PAGE);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < many; i += 97)
            *word(&t, i) = 5;
        assert_int_equal(reset(&t), 0);
        for (size_t i = 0; i < many; i += 97)
            assert_int_equal(*word(&t, i), i == 0);
        assert_int_equal(*word(&t, many / 2), 2);
    }
    close_box(&t);
}

static void mappings_and_protections_come_back(void **state)
{
    static struct mapping before[1000], after[1000];
    struct test_box t;
    size_t count;
    int memory = memfd_create("memory", 0);

    (void)state;
    assert_int_equal(ftruncate(memory, (off_t)(PAGES * PAGE)), 0);
    assert_true(pwrite(memory, "file", 4, 0) == 4);
    open_box(&t, false, NULL, NULL);
    assert_int_equal(map(&t, 0, 16, RW), 0);
    for (uint64_t i = 0; i < 16; i++)
        *word(&t, i) = 100 + i;
    assert_int_equal(lfi_box_protect(t.box, t.base + AREA + 4 * PAGE, 2 * PAGE, PROT_READ), 0);
    assert_int_equal(lfi_box_protect(t.box, t.base + AREA + 8 * PAGE, 2 * PAGE, PROT_NONE), 0);
    assert_int_equal(
        lfi_box_map(t.box, t.base + AREA + 16 * PAGE, 4 * PAGE, RW, MAP_PRIVATE, memory, 0), 0);
    *word(&t, 17) = 5;
    assert_int_equal(freeze(&t), 0);
    assert_int_equal(pwrite(memory, "gone", 4, 0), 4);
    count = layout(&t, before, 1000);
    for (int round = 0; round < 3; round++) {
        assert_memory_equal((void *)word(&t, 16), "file", 4);
        assert_int_equal(*word(&t, 17), 5);
        assert_int_equal(*word(&t, 4), 104);
        assert_int_equal(prot_of(&t, 4), PROT_READ);
        assert_int_equal(prot_of(&t, 8), 0);
        assert_int_equal(prot_of(&t, 10), RW);
        assert_int_equal(prot_of(&t, 30), 0);

        assert_int_equal(lfi_box_protect(t.box, t.base + AREA + 3 * PAGE, 6 * PAGE, RW), 0);
        assert_int_equal(*word(&t, 8), 108);
        *word(&t, 4) = *word(&t, 8) = 1;
        assert_int_equal(lfi_box_unmap(t.box, t.base + AREA + 10 * PAGE, 2 * PAGE), 0);
        assert_int_equal(map(&t, 12, 8, RW), 0);
        assert_int_equal(*word(&t, 17), 0);
        assert_int_equal(map(&t, 30, 10, RW), 0);
        *word(&t, 30) = 1;
        assert_int_equal(
            lfi_box_map(t.box, t.base + AREA + 50 * PAGE, 4 * PAGE, RW, MAP_SHARED, memory, 0), 0);
        assert_int_equal(
            lfi_box_map(t.box, t.base + AREA, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 0);
        assert_int_equal(lfi_box_advise(t.box, t.base + AREA + PAGE, PAGE, MADV_RANDOM), 0);
        lfi_box_lock(t.box, t.base + AREA + PAGE, PAGE, true);
        assert_int_equal(reset(&t), 0);
        assert_int_equal(layout(&t, after, 1000), count);
        for (size_t i = 0; i < count && !TEST_EMULATED; i++) {
            assert_int_equal(after[i].start, before[i].start);
            assert_int_equal(after[i].prot, before[i].prot);
        }
        for (uint64_t i = 0; i < 16; i++)
            assert_true(i == 8 || i == 9 || *word(&t, i) == 100 + i);
        /* what the kernel counts is what the books count */
        assert_true(layout(&t, after, 1000) <= lfi_box_mappings(t.box));
    }
    close(memory);
    close_box(&t);
}

/* For code in the box frozen memory is what it was: new memory where it was discarded, or grew. */
static void frozen_memory_behaves(void **state)
{
    const uint64_t size = 4 * PAGE;
    struct test_box t;
    uint64_t at;

    (void)state;
    if (TEST_EMULATED)
        skip(); /* an emulator has its own ways of mremap */
    open_box(&t, false, NULL, NULL);
    at = t.base + AREA;
    assert_int_equal(map(&t, 0, 16, RW), 0);
    for (uint64_t i = 0; i < 16; i++)
        *word(&t, i) = 100 + i;
    assert_int_equal(map(&t, 40, 200, RW), 0);
    assert_int_equal(freeze(&t), 0);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(lfi_box_advise(t.box, at, size, MADV_DONTNEED), 0);
        assert_int_equal(*word(&t, 0), 0);
        assert_int_equal(*word(&t, 4), 104);
        assert_int_equal(lfi_box_advise(t.box, at + size, size, MADV_FREE), 0);
        *word(&t, 4) = 1;
        assert_int_equal(*word(&t, 4), 1);
        assert_int_equal(lfi_box_advise(t.box, at + 50 * PAGE, size, MADV_DONTNEED), 0);
        /* larger, elsewhere and in place: zeros come after it, not more of the snapshot */
        assert_int_equal(lfi_box_protect(t.box, at + 8 * PAGE, 2 * PAGE, PROT_READ), 0);
        assert_int_equal(lfi_box_grow(t.box, at + 8 * PAGE, 2 * PAGE, at + 20 * PAGE, 6 * PAGE), 0);
        assert_int_equal(*word(&t, 20), 108);
        assert_int_equal(*word(&t, 21), 109);
        assert_int_equal(*word(&t, 22), 0);
        assert_int_equal(prot_of(&t, 22), PROT_READ);
        assert_int_equal(prot_of(&t, 8), 0);
        assert_int_equal(lfi_box_grow(t.box, at + 10 * PAGE, PAGE, at + 10 * PAGE, 2 * PAGE), 0);
        assert_int_equal(*word(&t, 10), 110);
        assert_int_equal(*word(&t, 11), 0);
        assert_int_equal(lfi_box_move(t.box, at + 12 * PAGE, at + 30 * PAGE, PAGE), 0);
        assert_int_equal(*word(&t, 30), 112);
        assert_int_equal(lfi_box_advise(t.box, at + 30 * PAGE, PAGE, MADV_DONTNEED), 0);
        assert_int_equal(*word(&t, 30), 0);
        assert_int_equal(reset(&t), 0);
        for (uint64_t i = 0; i < 16; i++)
            assert_int_equal(*word(&t, i), 100 + i);
        assert_int_equal(prot_of(&t, 20), 0);
        assert_int_equal(prot_of(&t, 8), RW);
    }
    close_box(&t);
}

static void what_stays(void **state)
{
    static const uint8_t good[] = GOOD_CODE;
    struct lfi_code_map code;
    struct test_box t;
    uint64_t at;

    (void)state;
    open_box(&t, false, NULL, NULL);
    at = t.base + AREA;
    assert_int_equal(lfi_box_map(t.box, at, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 0);
    *word(&t, 0) = 1;
    assert_int_equal(map(&t, 8, 1, RW), 0);
    assert_int_equal(freeze(&t), 0);
    *word(&t, 0) = 2;
    assert_int_equal(lfi_box_unmap(t.box, at, PAGE), -EACCES);
    assert_int_equal(map(&t, 3, 2, RW), -EACCES);
    assert_int_equal(lfi_box_unmap(t.box, t.base + TEST_CODE, PAGE), -EACCES);
    assert_int_equal(lfi_box_map(t.box, t.base + TEST_CODE, PAGE, RW, ANON, -1, 0), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at, 2 * PAGE, PROT_READ), 0);
    /* code that comes later */
    code = code_map(at + 8 * PAGE, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, &why), -EACCES);
    code = code_map(at + 16 * PAGE, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, &why), 0);
    assert_int_equal(reset(&t), 0);
    assert_int_equal(*word(&t, 0), 2);
    assert_int_equal(prot_of(&t, 0), RW);
    assert_memory_equal((void *)word(&t, 16), good, sizeof(good));
    assert_int_equal(lfi_box_unmap(t.box, at + 16 * PAGE, PAGE), 0);
    assert_int_equal(lfi_box_map_code(t.box, &code, &why), -EEXIST);
    assert_int_equal(reset(&t), 0);
    close_box(&t);
}

/* The host may close what it did not open: another file must not get into the box. */
static void a_descriptor_that_was_taken(void **state)
{
    struct test_box t;
    int file, other = memfd_create("secret", 0), spare;

    (void)state;
    assert_int_equal(ftruncate(other, (off_t)LFI_BOX_SIZE), 0);
    open_box(&t, false, NULL, NULL);
    assert_int_equal(map(&t, 0, 4, RW), 0);
    *word(&t, 0) = 1;
    assert_int_equal(freeze(&t), 0);
    assert_int_equal(reset(&t), 0);
    file = *(const int *)t.box->snapshot;
    spare = dup(file);
    assert_int_equal(dup2(other, file), file);
    *word(&t, 0) = 2;
    assert_int_equal(reset(&t), 0); /* needs no file */
    assert_int_equal(*word(&t, 0), 1);
    assert_int_equal(lfi_box_unmap(t.box, t.base + AREA, PAGE), 0);
    assert_int_equal(reset(&t), -EBADF);
    assert_int_equal(dup2(spare, file), file);
    assert_int_equal(reset(&t), 0); /* may be repeated */
    assert_int_equal(*word(&t, 0), 1);
    /* nothing can be written to it */
    assert_int_equal(pwrite(spare, "x", 1, (off_t)AREA), -1);
    assert_ptr_equal(mmap(NULL, PAGE, RW, MAP_SHARED, spare, 0), MAP_FAILED);
    assert_int_equal(ftruncate(spare, 0), -1);
    assert_int_equal(dup2(other, file), file);
    close_box(&t);
    assert_int_equal(fcntl(file, F_GETFD), 0); /* the host's: it stays open */
    close(file);
    close(spare);
    close(other);
}

/* ------------------------------------------------------------------------------------ threads */

static void freeze_inside(struct lfi_context *context, struct lfi_regs *regs)
{
    struct test_box *t = lfi_context_data(context);

    regs->REG_RESULT = 0;
    assert_int_equal(freeze(t), -EBUSY);
    assert_int_equal(reset(t), t->box->snapshot ? -EBUSY : -ENOENT);
    lfi_context_stop(context, 7);
}

static void not_while_a_thread_is_inside(void **state)
{
    static struct test_box t;
    struct lfi_exit exit;

    (void)state;
    open_box(&t, false, freeze_inside, &t);
    for (int round = 0; round < 2; round++) {
        exit = run(&t, code_loop, 1);
        assert_int_equal(exit.kind, LFI_EXIT_STOPPED);
        assert_int_equal(exit.status, 7);
        assert_int_equal(freeze(&t), 0);
    }
    close_box(&t);
}

static void *spin(void *data)
{
    struct test_box *t = data;

    assert_int_equal(run(t, code_spin, 0).kind, LFI_EXIT_INTERRUPTED);
    return NULL;
}

static void another_thread_is_inside(void **state)
{
    struct test_box t;
    pthread_t thread;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(freeze(&t), 0);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(pthread_create(&thread, NULL, spin, &t), 0);
        while (reset(&t) != -EBUSY)
            sched_yield();
        assert_int_equal(freeze(&t), -EBUSY);
        lfi_context_interrupt(t.context);
        pthread_join(thread, NULL);
        assert_int_equal(reset(&t), 0);
    }
    close_box(&t);
}

/* ---------------------------------------------------------------------------- random changes */

static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

static void change_something(const struct test_box *t, int memory)
{
    static const int prots[] = {PROT_NONE, PROT_READ, RW, RW};
    const uint64_t first = random_below(PAGES), count = 1 + random_below(PAGES - (uint32_t)first),
                   at = t->base + AREA + first * PAGE, size = count * PAGE;
    const int prot = prots[random_below(4)];
    uint64_t value;

    switch (random_below(9)) {
    case 0:
        assert_int_equal(lfi_box_map(t->box, at, size, prot, ANON, -1, 0), 0);
        break;
    case 1:
        assert_int_equal(lfi_box_unmap(t->box, at, size), 0);
        break;
    case 2:
        assert_int_equal(lfi_box_protect(t->box, at, size, prot), 0);
        break;
    case 3:
        assert_int_equal(lfi_box_map(t->box, at, size, prot, MAP_PRIVATE, memory, 0), 0);
        break;
    case 4:
        lfi_box_move(t->box, at, at + PAGES * PAGE, size);
        break;
    case 5:
        lfi_box_advise(t->box, at, size, MADV_DONTNEED); /* refused where memory is locked */
        break;
    case 6:
        lfi_box_lock(t->box, at, size, random_below(2));
        break;
    default:
        for (uint64_t i = 0; i < count; i++) {
            value = random_below(UINT32_MAX);
            lfi_copy_out(t->box, at + i * PAGE, &value, sizeof(value));
        }
    }
}

/* All that the box can see of its pages. */
static void look(const struct test_box *t, uint64_t seen[2][2 * PAGES])
{
    for (size_t i = 0; i < (size_t)2 * PAGES; i++) {
        seen[0][i] = 0;
        seen[1][i] = (uint64_t)prot_of(t, i);
        lfi_copy_in(t->box, &seen[0][i], t->base + AREA + i * PAGE, 8);
    }
}

static void all_comes_back(void **state)
{
    static uint64_t before[2][2 * PAGES], after[2][2 * PAGES];
    static struct mapping list[1000];
    int memory = memfd_create("memory", 0);
    struct test_box t;

    (void)state;
    assert_int_equal(ftruncate(memory, (off_t)(PAGES * PAGE)), 0);
    open_box(&t, false, NULL, NULL);
    for (int round = 0; round < (TEST_EMULATED ? 3 : 100); round++) {
        for (int i = 0; i < 12; i++)
            change_something(&t, memory);
        assert_int_equal(freeze(&t), 0);
        look(&t, before);
        for (int again = 0; again < 10; again++) {
            for (uint32_t i = random_below(12); i > 0; i--)
                change_something(&t, memory);
            assert_int_equal(reset(&t), 0);
            look(&t, after);
            assert_memory_equal(before, after, sizeof(before));
            assert_true(read_mappings(t.base + LFI_GUARD_SIZE,
                                      t.base + LFI_BOX_SIZE - LFI_GUARD_SIZE, list,
                                      1000) <= lfi_box_mappings(t.box));
        }
    }
    close(memory);
    close_box(&t);
}

/* A box that has all the mappings it may have comes back all the same, and can freeze. */
static void at_the_limit(void **state)
{
    struct test_box t;
    size_t most;

    (void)state;
    open_box(&t, false, NULL, NULL);
    assert_int_equal(map(&t, 0, 4000, RW), 0);
    *word(&t, 0) = 1;
    assert_int_equal(freeze(&t), 0);
    most = lfi_box_mappings(t.box) + 60;
    assert_int_equal(lfi_box_limit_mappings(t.box, most), 0);
    for (int round = 0; round < 3; round++) {
        int error = 0;

        for (uint64_t i = 1; i < 3000 && error == 0; i += 2)
            error = lfi_box_protect(t.box, t.base + AREA + i * PAGE, PAGE,
                                    i % 4 == 1 ? PROT_READ : PROT_NONE);
        assert_int_equal(error, -ENOMEM);
        assert_int_equal(reset(&t), 0);
        assert_int_equal(prot_of(&t, 1), RW);
        assert_int_equal(*word(&t, 0), 1);
    }
    close_box(&t);
}

/* -------------------------------------------------------------------------------- shared code */

static struct lfi_code_map relative_code(const void *bytes, size_t size)
{
    return code_map(TEST_CODE, bytes, size);
}

static void boxes_share_code(void **state)
{
    enum { BOXES = 3 };
    const size_t size = (size_t)(core_code_end - core_code);
    struct lfi_code_map code = relative_code(core_code, size);
    struct lfi_shared_code *shared;
    struct lfi_space *space;
    struct test_box t[BOXES];
    static struct mapping list[1000];

    (void)state;
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(lfi_space_new(&space, BOXES, NULL), 0);
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), 0);
    for (int i = 0; i < BOXES; i++) {
        struct test_box *b = &t[i];

        *b = (struct test_box){0};
        assert_int_equal(lfi_box_new(space, &b->box, NULL), 0);
        b->base = lfi_box_base(b->box);
        assert_int_equal(lfi_box_map_shared_code(b->box, shared, &why), 0);
        assert_int_equal(lfi_box_map_shared_code(b->box, shared, &why), -EEXIST);
        assert_int_equal(lfi_box_map_return(b->box, b->base + TEST_RETURN, NULL), 0);
        assert_int_equal(lfi_box_map(b->box, b->base + TEST_STACK, STACK_SIZE, RW, ANON, -1, 0), 0);
        assert_int_equal(lfi_box_map(b->box, b->base + TEST_DATA, DATA_SIZE, RW, ANON, -1, 0), 0);
        assert_int_equal(lfi_context_new(b->box, NULL, NULL, &b->context), 0);
    }
    if (lfi_shared_code_is_shared(shared) && !TEST_EMULATED) {
        assert_true(read_mappings(t[0].base + TEST_CODE, t[0].base + TEST_CODE + PAGE, list, 1000));
        assert_true(list[0].shared);
        assert_int_equal(list[0].prot, PROT_READ | PROT_EXEC);
    }
    lfi_shared_code_free(shared);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < BOXES; i++) {
            struct lfi_exit exit;

            lfi_context_set_tp(t[i].context, (uint64_t)i);
            exit = run(&t[i], code_tp, 100);
            assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
            assert_int_equal(exit.regs.REG_RESULT, i);
            assert_int_equal(lfi_box_freeze(t[i].box, &why), 0);
            assert_int_equal(lfi_box_reset(t[i].box, &why), 0);
        }
    }
    for (int i = 0; i < BOXES; i++)
        close_box(&t[i]);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

static void shared_code_is_verified(void **state)
{
    static const uint8_t bad[] = SYSTEM_CALL_CODE, good[] = GOOD_CODE;
    struct lfi_code_map code = relative_code(bad, sizeof(bad));
    struct lfi_shared_code *shared;

    (void)state;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), -EACCES);
    assert_null(shared);
    code = relative_code(good, sizeof(good));
    code.address++;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), -EINVAL);
    code.address = 0;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), -EINVAL);
    code = relative_code(good, sizeof(good));
    code.image_end = LFI_BOX_SIZE;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), -EINVAL);
    code = relative_code(good, sizeof(good));
    code.address = code.image_start = LFI_BOX_SIZE - LFI_GUARD_SIZE;
    code.image_end = code.address + PAGE;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), -EINVAL);
}

/* Not through a mapping of it, nor through what procfs offers; and no descriptor is left. */
static void nothing_changes_shared_code(void **state)
{
    static const uint8_t good[] = GOOD_CODE;
    struct lfi_code_map code = relative_code(good, sizeof(good));
    struct lfi_shared_code *shared;
    struct test_box t;
    char path[64];
    uint64_t at;
    int file, lowest = dup(0);

    (void)state;
    close(lowest);
    open_box(&t, false, NULL, NULL);
    code.address = code.image_start = AREA;
    code.image_end = AREA + PAGE;
    assert_int_equal(lfi_shared_code_new(&shared, &code, &why), 0);
    assert_int_equal(lfi_box_map_shared_code(t.box, shared, &why), 0);
    at = t.base + AREA;
    file = dup(0);
    assert_true(file <= lowest + 1); /* the space has one: /proc/self/maps */
    close(file);
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_advise(t.box, at, PAGE, MADV_DONTNEED), -EACCES);
    assert_int_equal(lfi_box_move(t.box, at, at + PAGE, PAGE), -EACCES);
    if (lfi_shared_code_is_shared(shared) && !TEST_EMULATED) {
        /* the host itself cannot, by any call that a confined box could be imagined to reach */
        assert_int_equal(mprotect((void *)at, PAGE, PROT_READ | PROT_WRITE), -1);
        assert_int_equal(madvise((void *)at, PAGE, MADV_REMOVE), -1);
        file = open("/proc/self/mem", O_RDWR);
        assert_true(file < 0 || pwrite(file, "x", 1, (off_t)at) == -1);
        close(file);
        snprintf(path, sizeof(path), "/proc/self/map_files/%llx-%llx", (unsigned long long)at,
                 (unsigned long long)(at + PAGE));
        file = open(path, O_RDWR);
        if (file >= 0) { /* with CAP_SYS_ADMIN or the like: the same file, with its seals */
            assert_int_equal(write(file, "x", 1), -1);
            assert_int_equal(ftruncate(file, 0), -1);
            assert_ptr_equal(mmap(NULL, PAGE, RW, MAP_SHARED, file, 0), MAP_FAILED);
            assert_int_equal(fallocate(file, 3, 0, (off_t)PAGE), -1); /* a hole */
            close(file);
        }
    }
    assert_memory_equal((void *)at, good, sizeof(good));
    lfi_shared_code_free(shared);
    assert_memory_equal((void *)at, good, sizeof(good));
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents_come_back),
        cmocka_unit_test(zeros_are_not_copied),
        cmocka_unit_test(mappings_and_protections_come_back),
        cmocka_unit_test(frozen_memory_behaves),
        cmocka_unit_test(what_stays),
        cmocka_unit_test(a_descriptor_that_was_taken),
        cmocka_unit_test(not_while_a_thread_is_inside),
        cmocka_unit_test(another_thread_is_inside),
        cmocka_unit_test(all_comes_back),
        cmocka_unit_test(at_the_limit),
        cmocka_unit_test(boxes_share_code),
        cmocka_unit_test(shared_code_is_verified),
        cmocka_unit_test(nothing_changes_shared_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
