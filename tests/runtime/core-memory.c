// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Spaces, boxes and their pages: nothing writable and executable, nothing without an owner. */
#include "core-box.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE      lfi_page_size()
#define PAGE_MOST 0x10000

static void serve_nothing(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context;
    regs->REG_RESULT = 0;
}

/*
 * What the kernel says of [start, end): covered without a hole, nothing writable and executable.
 * Returns what is executable.
 */
static uint64_t check_maps(uint64_t start, uint64_t end)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    uint64_t from, to, covered = start, executable = 0;
    char prot[5], line[512];

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &from, &to, prot) != 3 || to <= start ||
            from >= end)
            continue;
        from = from < start ? start : from;
        to = to > end ? end : to;
        assert_int_equal(from, covered);
        covered = to;
        if (prot[2] == 'x') {
            assert_int_equal(prot[1], '-');
            executable += to - from;
        }
    }
    fclose(maps);
    assert_int_equal(covered, end);
    return executable;
}

static uint64_t check_box(const struct test_box *t)
{
    uint64_t start = t->box->reservation->start;

    return check_maps(t->base < start ? start : t->base, t->base + LFI_BOX_SIZE);
}

static void check_reservations(const struct lfi_space *space)
{
    for (const struct core_reservation *r = space->reservations; r; r = r->next)
        assert_int_equal(check_maps(r->start, r->start + r->size) >= PAGE, 1); /* trampolines */
}

static void spaces_and_boxes(void **state)
{
    enum { BOXES = TEST_EMULATED ? 8 : 64 };
    static struct test_box t[BOXES];
    struct lfi_space *space;
    struct lfi_error error = {{0}};
    struct lfi_box *more;
    struct lfi_exit exit;

    (void)state;
    assert_int_equal(lfi_space_new(&space, 0, &error), -EINVAL);
    assert_true(strlen(error.message) > 0);
    assert_int_equal(lfi_space_new(&space, 1000000, NULL), -EINVAL);
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(test_space_new(&space, BOXES, &error), 0);
    for (int i = 0; i < BOXES; i++) {
        fill_box(&t[i], space, false, serve_nothing, NULL);
        assert_int_equal(t[i].base % LFI_BOX_SIZE, 0);
        if (i > test_at_0())
            assert_int_equal(t[i].base, t[i - 1].base + LFI_BOX_SIZE);
    }
    assert_int_equal(lfi_box_new(space, &more, &error), -ENOSPC);
    assert_int_equal(lfi_space_free(space), -EBUSY);
    for (int i = 0; i < BOXES; i++) {
        lfi_context_set_tp(t[i].context, (uint64_t)i);
        exit = run(&t[i], code_tp, (uint64_t)i + 1000);
        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        assert_int_equal(exit.regs.REG_RESULT, i);
        assert_int_equal(exit.regs.REG_SECOND, i + 1000);
    }
    check_reservations(space);
    /* a place that was given back is taken again; its neighbours never noticed */
    close_box(&t[5]);
    assert_int_equal(run(&t[4], code_tp, 1).kind, LFI_EXIT_RETURNED);
    assert_int_equal(run(&t[6], code_tp, 1).kind, LFI_EXIT_RETURNED);
    fill_box(&t[5], space, false, serve_nothing, NULL);
    assert_int_equal(t[5].base, t[4].base + LFI_BOX_SIZE);
    assert_int_equal(run(&t[5], code_tp, 1).kind, LFI_EXIT_RETURNED);
    check_reservations(space);
    for (int i = 0; i < BOXES; i++)
        close_box(&t[i]);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

/* Where the places that are tried first are taken, one is found all the same. */
static void spaces_find_a_place(void **state)
{
    enum { OBSTACLES = 40 };
    void *obstacles[OBSTACLES];
    char *near = mmap(NULL, lfi_page_size(), PROT_NONE, ANON, -1, 0);
    struct lfi_space *space;
    struct test_box t;

    (void)state;
    for (int i = 0; i < OBSTACLES; i++) {
        uint64_t at = ((uint64_t)near & ~(LFI_BOX_SIZE - 1)) - (uint64_t)i * LFI_BOX_SIZE;

        obstacles[i] = mmap((void *)at, lfi_page_size(), PROT_NONE, ANON, -1, 0);
        assert_ptr_not_equal(obstacles[i], MAP_FAILED);
    }
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(test_space_new(&space, 1, NULL), 0);
    fill_box(&t, space, false, serve_nothing, NULL);
    assert_int_equal(t.base % LFI_BOX_SIZE, 0);
    check_reservations(space);
    assert_int_equal(run(&t, code_tp, 1).kind, LFI_EXIT_RETURNED);
    close_box(&t);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
    for (int i = 0; i < OBSTACLES; i++)
        munmap(obstacles[i], lfi_page_size());
    munmap(near, lfi_page_size());
}

/* Each box can read a table. All that it learns is where boxes and trampolines are. */
static void tables_reveal_nothing(void **state)
{
    /* x86-64: the box's own; AArch64: the neighbour's */
    const uint32_t first = (uint32_t)(MACHINE_SYS_PAGE - LFI_SYS_PAGE_SIZE);
    struct test_box a, b;
    struct lfi_space *space;

    (void)state;
    assert_int_equal(lfi_faults_install(0, NULL), 0);
    assert_int_equal(test_space_new(&space, 2, NULL), 0);
    fill_box(&a, space, false, serve_nothing, NULL);
    fill_box(&b, space, false, serve_nothing, NULL);
    for (uint32_t offset = first; offset != first + LFI_SYS_PAGE_SIZE; offset += 8) {
        uint64_t owner = MACHINE_SYS_PAGE ? a.base : b.base;
        struct lfi_exit exit = run(&a, code_load, offset);
        int slot = -1;

        assert_int_equal(exit.kind, LFI_EXIT_RETURNED);
        for (int k = 0; k < LFI_SLOT_COUNT; k++) {
            if (offset == (uint32_t)MACHINE_SLOT(k))
                slot = k;
        }
        if (slot < 0)
            assert_int_equal(exit.regs.REG_RESULT, 0);
#if defined(__x86_64__)
        else if (slot == LFI_SLOT_BASE)
            assert_int_equal(exit.regs.REG_RESULT, owner);
#endif
        else
            assert_in_range(exit.regs.REG_RESULT - a.box->reservation->trampolines, 0, 4095);
        assert_memory_equal((void *)(owner - (MACHINE_SYS_PAGE ? 0 : LFI_BOX_SIZE) + offset),
                            &exit.regs.REG_RESULT, 8);
        /* nor can it be written */
        exit = run(&a, code_store, offset);
        assert_int_equal(exit.kind, LFI_EXIT_FAULT);
    }
    close_box(&a);
    close_box(&b);
    assert_int_equal(lfi_space_free(space), 0);
    lfi_faults_remove();
}

static void contains(void **state)
{
    struct test_box t;
    uint64_t first, end;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    first = t.base + LFI_GUARD_SIZE;
    end = t.base + LFI_BOX_SIZE - LFI_GUARD_SIZE;
    assert_true(lfi_box_contains(t.box, first, 1));
    assert_true(lfi_box_contains(t.box, first, end - first));
    assert_false(lfi_box_contains(t.box, first, end - first + 1));
    assert_false(lfi_box_contains(t.box, first - 1, 1));
    assert_false(lfi_box_contains(t.box, first - 1, 0));
    assert_true(lfi_box_contains(t.box, end - 1, 1));
    assert_false(lfi_box_contains(t.box, end - 1, 2));
    assert_false(lfi_box_contains(t.box, end, 1));
    assert_true(lfi_box_contains(t.box, end, 0));
    assert_false(lfi_box_contains(t.box, end + 1, 0));
    assert_false(lfi_box_contains(t.box, first + 8, SIZE_MAX));
    assert_false(lfi_box_contains(t.box, first + 8, SIZE_MAX - 7));
    assert_false(lfi_box_contains(t.box, end, UINT64_MAX - end + 2));
    assert_false(lfi_box_contains(t.box, 0, 1));
    assert_false(lfi_box_contains(t.box, first + LFI_BOX_SIZE, 1));
    assert_false(lfi_box_contains(t.box, UINT64_MAX, 1));
    assert_int_equal(lfi_box_contains(t.box, TEST_DATA, 1), t.base == 0);
    close_box(&t);
}

static void mapping(void **state)
{
    struct test_box t;
    uint64_t at;
    volatile uint8_t *bytes;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    at = t.base + 0x8000000;
    bytes = (uint8_t *)at;
    assert_int_equal(lfi_box_map(t.box, at, 4 * PAGE, RW, ANON, -1, 0), 0);
    bytes[4 * PAGE - 1] = 7;
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, PROT_READ), 0);
    assert_int_equal(run(&t, code_store, 0x8000000).kind, LFI_EXIT_FAULT);
    assert_int_equal(run(&t, code_store, 0x8000000 + PAGE).kind, LFI_EXIT_RETURNED);
    assert_int_equal(lfi_box_unmap(t.box, at + PAGE, PAGE), 0);
    assert_int_equal(run(&t, code_load, 0x8000000 + PAGE).kind, LFI_EXIT_FAULT);
    assert_int_equal(lfi_box_move(t.box, at + 2 * PAGE, at + 16 * PAGE, 2 * PAGE), 0);
    assert_int_equal(bytes[18 * PAGE - 1], 7);
    assert_int_equal(run(&t, code_load, 0x8000000 + 2 * PAGE).kind, LFI_EXIT_FAULT);
    check_box(&t);
    assert_int_equal(lfi_box_advise(t.box, at + 16 * PAGE, 2 * PAGE, MADV_DONTNEED), 0);
    assert_int_equal(bytes[18 * PAGE - 1], 0);

    /* what is refused */
    assert_int_equal(lfi_box_map(t.box, at, PAGE, PROT_READ | PROT_EXEC, ANON, -1, 0), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, PROT_READ | PROT_EXEC), -EACCES);
    assert_int_equal(lfi_box_map(t.box, at, PAGE, PROT_GROWSDOWN, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, PROT_READ | PROT_GROWSUP), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, PAGE, RW, ANON | MAP_GROWSDOWN, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, PAGE, RW, ANON | MAP_SHARED, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, PAGE, RW, MAP_ANONYMOUS, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at + 1, PAGE, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, 0x1001, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, 0, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, t.base, PAGE, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, t.base - PAGE, PAGE, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(
        lfi_box_map(t.box, t.base + LFI_BOX_SIZE - LFI_GUARD_SIZE, PAGE, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_map(t.box, at, (size_t)0 - PAGE, RW, ANON, -1, 0), -EINVAL);
    assert_int_equal(lfi_box_unmap(t.box, t.base + LFI_BOX_SIZE, PAGE), -EINVAL);
    assert_int_equal(lfi_box_protect(t.box, (uint64_t)&t & ~(PAGE - 1), PAGE, RW), -EINVAL);
    assert_int_equal(lfi_box_move(t.box, at, t.base, PAGE), -EINVAL);
    assert_int_equal(lfi_box_move(t.box, at, at + PAGE, 2 * PAGE), -EINVAL);
    assert_int_equal(lfi_box_advise(t.box, at, PAGE, MADV_DONTFORK), -EINVAL);
    check_box(&t);

    /* an error of the kernel leaves no hole */
    assert_int_equal(lfi_box_map(t.box, at, PAGE, RW, MAP_PRIVATE, 12345, 0), -EBADF);
    check_box(&t);
    close_box(&t);
}

static void files(void **state)
{
    struct test_box t;
    char name[] = "/tmp/lfi-core-XXXXXX";
    int file = mkstemp(name);
    uint64_t at;

    (void)state;
    assert_true(file >= 0);
    unlink(name);
    assert_int_equal(write(file, "in the file", 12), 12);
    assert_int_equal(ftruncate(file, (off_t)PAGE), 0); /* emulators map whole pages only */
    open_box(&t, false, serve_nothing, NULL);
    at = t.base + 0x700000;
    assert_int_equal(lfi_box_map(t.box, at, PAGE, PROT_READ, MAP_PRIVATE, file, 0), 0);
    assert_string_equal((const char *)at, "in the file");
    assert_int_equal(lfi_box_map(t.box, at, PAGE, RW, MAP_SHARED, file, 0), 0);
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, RW | PROT_EXEC), -EACCES);
    close_box(&t);
    close(file);
}

/* Code: only verified, never writable, unmappable, and gone when something else is mapped there. */
static bool count_violations(void *data, const struct lfi_violation *violation)
{
    unsigned *count = data;

    assert_non_null(violation->rule);
    ++*count;
    return true;
}

static void bad_code_is_refused(void **state)
{
    static const uint8_t bad[] = SYSTEM_CALL_CODE, good[] = GOOD_CODE;
    struct lfi_error error = {{0}};
    struct lfi_code_map code;
    struct test_box t;
    unsigned violations = 0;
    uint64_t at, executable;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    executable = check_box(&t);
    at = t.base + 0x300000;
    code = code_map(at, bad, sizeof(bad));
    code.report = count_violations;
    code.data = &violations;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EACCES);
    assert_true(violations > 0);
    assert_non_null(strstr(error.message, "system-call"));
    assert_int_equal(check_box(&t), executable);
    code = code_map(at, good, sizeof(good));
    code.address += 32;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, sizeof(good));
    code.image_end = at + 2;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, sizeof(good));
    code.image_start = at + PAGE;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, sizeof(good));
    code.mode = 3;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(t.base + LFI_BOX_SIZE - LFI_GUARD_SIZE, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, sizeof(good));
    code.size = SIZE_MAX;
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, 0);
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EINVAL);
    code = code_map(at, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), 0);
    assert_int_equal(lfi_box_map_code(t.box, &code, &error), -EEXIST);
    assert_int_equal(check_box(&t), executable + PAGE);
    assert_memory_equal((const void *)at, good, sizeof(good));
    for (size_t i = sizeof(good); i < PAGE; i++) /* the rest are traps */
        assert_int_equal(((const uint8_t *)at)[i], MACHINE_TRAP);
    close_box(&t);
}

static void code_cannot_change(void **state)
{
    static const uint8_t traps[5 * PAGE_MOST] = {1};
    struct lfi_code_map code;
    struct test_box t;
    uint64_t at, executable;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    executable = check_box(&t);
    at = t.base + 0x300000;
    code = code_map(at, traps, 5 * PAGE);
    code.unverified = true; /* zeros are no code that verifies */
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
    executable += 5 * PAGE;
    for (uint64_t page = 0; page < 5; page++) {
        uint64_t there = at + page * PAGE;

        for (int prot = 0; prot < 4; prot++)
            assert_int_equal(lfi_box_protect(t.box, there, PAGE, prot), -EACCES);
        assert_int_equal(lfi_box_protect(t.box, there, PAGE, PROT_EXEC | PROT_READ), -EACCES);
        /* zeroed pages would be code that nobody verified */
        assert_int_equal(lfi_box_advise(t.box, there, PAGE, MADV_DONTNEED), -EACCES);
        assert_int_equal(lfi_box_advise(t.box, there, PAGE, MADV_FREE), -EACCES);
        assert_int_equal(lfi_box_move(t.box, there, at + 0x100000, PAGE), -EACCES);
        assert_int_equal(run(&t, code_store, 0x300000 + page * PAGE).kind, LFI_EXIT_FAULT);
    }
    /* ranges that only touch it */
    assert_int_equal(lfi_box_protect(t.box, at - PAGE, 2 * PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at + 4 * PAGE, 2 * PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_advise(t.box, at - PAGE, 0x100000, MADV_DONTNEED), -EACCES);
    assert_int_equal(lfi_box_move(t.box, at + 4 * PAGE, at + 0x100000, 2 * PAGE), -EACCES);
    assert_int_equal(check_box(&t), executable);

    /* mapping over the middle: data there, code around, and the data never becomes code again */
    assert_int_equal(lfi_box_map(t.box, at + 2 * PAGE, PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(check_box(&t), executable - PAGE);
    assert_int_equal(*(const uint8_t *)(at + 2 * PAGE), 0);
    assert_int_equal(lfi_box_protect(t.box, at + 2 * PAGE, PAGE, PROT_READ), 0);
    assert_int_equal(lfi_box_protect(t.box, at + PAGE, PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at + 3 * PAGE, PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at, 5 * PAGE, RW), -EACCES);
    /* over the beginning and the end */
    assert_int_equal(lfi_box_unmap(t.box, at - PAGE, 2 * PAGE), 0);
    assert_int_equal(lfi_box_unmap(t.box, at + 4 * PAGE, 2 * PAGE), 0);
    assert_int_equal(check_box(&t), executable - 3 * PAGE);
    assert_int_equal(lfi_box_protect(t.box, at, PAGE, RW), 0);
    assert_int_equal(lfi_box_protect(t.box, at + PAGE, PAGE, RW), -EACCES);
    assert_int_equal(lfi_box_protect(t.box, at + 3 * PAGE, PAGE, RW), -EACCES);
    /* moving over code; moving what then is data */
    assert_int_equal(lfi_box_map(t.box, at + 16 * PAGE, PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_move(t.box, at + 16 * PAGE, at + PAGE, PAGE), 0);
    assert_int_equal(lfi_box_protect(t.box, at + PAGE, PAGE, RW), 0);
    assert_int_equal(check_box(&t), executable - 4 * PAGE);
    /* all of it, with pieces of code and others inside; then elsewhere */
    assert_int_equal(lfi_box_map(t.box, at, 5 * PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(check_box(&t), executable - 5 * PAGE);
    code = code_map(at + 0x100000, traps, 5 * PAGE);
    code.unverified = true;
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
    assert_int_equal(check_box(&t), executable);
    /* many pieces */
    for (uint64_t i = 0; i < 40; i++) {
        code = code_map(t.base + 0x2000000 + i * 4 * PAGE, core_code,
                        (size_t)(core_code_end - core_code));
        assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
    }
    for (uint64_t i = 0; i < 40; i++)
        assert_int_equal(lfi_box_protect(t.box, t.base + 0x2000000 + i * 4 * PAGE, PAGE, RW),
                         -EACCES);
    assert_int_equal(lfi_box_unmap(t.box, t.base + 0x2000000, 40 * 4 * PAGE), 0);
    assert_int_equal(lfi_box_protect(t.box, t.base + 0x2000000, 40 * 4 * PAGE, PROT_NONE), 0);
    assert_int_equal(check_box(&t), executable);
    close_box(&t);
}

/*
 * Other code in the place of a part would part what was verified together, and in the place of all
 * of it, what a thread that stands there goes on with.
 */
static void code_never_replaces_code(void **state)
{
    static uint8_t pages[2 * PAGE_MOST];
    static const uint8_t good[] = GOOD_CODE;
    struct lfi_code_map code;
    struct test_box t;
    uint64_t at;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    at = t.base + 0x300000;
    memset(pages, MACHINE_TRAP, sizeof(pages));
    code = code_map(at, pages, 2 * PAGE);
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
    assert_int_equal(lfi_box_unmap(t.box, at + PAGE, PAGE), 0);
    code = code_map(at + PAGE, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), -EEXIST);
    assert_int_equal(lfi_box_map(t.box, at, 2 * PAGE, RW, ANON, -1, 0), 0);
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), -EEXIST);
    code = code_map(at - PAGE, pages, 2 * PAGE);
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), -EEXIST);
    code = code_map(at + 2 * PAGE, good, sizeof(good));
    assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
    close_box(&t);
}

/* Threads that map code and try to make it writable at the same time. */
struct race {
    struct test_box *t;
    _Atomic uint64_t at;
    atomic_bool stop;
};

static void *protect_again_and_again(void *data)
{
    struct race *race = data;

    while (!atomic_load(&race->stop)) {
        lfi_box_protect(race->t->box, atomic_load(&race->at), PAGE, RW);
        lfi_box_advise(race->t->box, atomic_load(&race->at), PAGE, MADV_DONTNEED);
    }
    return NULL;
}

static void code_and_protection_race(void **state)
{
    static const uint8_t good[] = GOOD_CODE;
    struct race race = {0};
    struct lfi_code_map code;
    struct test_box t;
    pthread_t thread;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    race.t = &t;
    atomic_store(&race.at, t.base + 0x2000000);
    assert_int_equal(pthread_create(&thread, NULL, protect_again_and_again, &race), 0);
    for (uint64_t i = 0; i < (TEST_EMULATED ? 50 : 500); i++) {
        uint64_t executable;

        code = code_map(t.base + 0x2000000 + i * PAGE, good, sizeof(good));
        atomic_store(&race.at, code.address);
        assert_int_equal(lfi_box_map_code(t.box, &code, NULL), 0);
        executable = check_box(&t);
        assert_memory_equal((const void *)code.address, good, sizeof(good));
        assert_int_equal(lfi_box_map(t.box, code.address, PAGE, RW, ANON, -1, 0), 0);
        assert_int_equal(check_box(&t), executable - PAGE);
    }
    atomic_store(&race.stop, true);
    pthread_join(thread, NULL);
    close_box(&t);
}

/* The host's own copy of the code changes meanwhile: what is mapped is what was verified. */
struct swap {
    uint8_t bytes[16];
    atomic_bool stop;
};

/* The race is what is tested: TSan need not tell. */
__attribute__((no_sanitize("thread"))) static void *swap_again_and_again(void *data)
{
    static const uint8_t good[] = GOOD_CODE, bad[] = SYSTEM_CALL_CODE;
    struct swap *swap = data;
    volatile uint8_t *bytes = swap->bytes;

    while (!atomic_load(&swap->stop)) {
        for (size_t i = 0; i < sizeof(bad); i++)
            bytes[i] = bad[i];
        for (size_t i = 0; i < sizeof(good); i++)
            bytes[i] = good[i];
    }
    return NULL;
}

static void code_that_changes_is_verified_as_it_is_mapped(void **state)
{
    static const uint8_t good[] = GOOD_CODE;
    static struct swap swap = {.bytes = GOOD_CODE};
    struct lfi_code_map code;
    struct test_box t;
    pthread_t thread;
    unsigned refused = 0, mapped = 0;

    (void)state;
    open_box(&t, false, serve_nothing, NULL);
    code = code_map(t.base + 0x2000000, swap.bytes, sizeof(good));
    assert_int_equal(pthread_create(&thread, NULL, swap_again_and_again, &swap), 0);
    for (int i = 0; i < 200 || !refused || !mapped; i++) {
        if (i >= 200)
            usleep(1000); /* the other thread has its turn */
        struct lfi_code run = {.bytes = (const uint8_t *)code.address,
                               .size = PAGE,
                               .address = code.address - t.base,
                               .image_start = code.address - t.base,
                               .image_end = code.address - t.base + PAGE};
        int result = lfi_box_map_code(t.box, &code, NULL);

        if (result == 0) {
            assert_int_equal(lfi_verify_code(machine_arch, LFI_MODE_FULL, &run, NULL, NULL),
                             LFI_ACCEPTED);
            assert_int_equal(lfi_box_unmap(t.box, code.address, PAGE), 0);
            code = code_map(code.address + PAGE, swap.bytes, sizeof(good));
            mapped++;
        } else {
            assert_int_equal(result, -EACCES);
            refused++;
        }
    }
    atomic_store(&swap.stop, true);
    pthread_join(thread, NULL);
    close_box(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces_and_boxes),
        cmocka_unit_test(spaces_find_a_place),
        cmocka_unit_test(tables_reveal_nothing),
        cmocka_unit_test(contains),
        cmocka_unit_test(mapping),
        cmocka_unit_test(files),
        cmocka_unit_test(bad_code_is_refused),
        cmocka_unit_test(code_cannot_change),
        cmocka_unit_test(code_never_replaces_code),
        cmocka_unit_test(code_and_protection_race),
        cmocka_unit_test(code_that_changes_is_verified_as_it_is_mapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
