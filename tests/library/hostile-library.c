// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Libraries that lie about themselves (hostile.c), and faults by the thousand with callbacks in
 * flight: nothing of the host is left behind. --count: faults. */
#include "library.h"

#include <dirent.h>
#include <stdatomic.h>
#include <string.h>

#include "options.h"

static uint64_t test_count;

static void *tries(void *data)
{
    struct lfi_library *l = data;
    lfi_library_thread(l);
    call0(l, "choose");
    return NULL;
}

static void test_threads_that_lie(void **state)
{
    (void)state;
    for (int way = 1; way <= 7; way++) {
        struct lfi_library *l = open_file(test_hostile, NULL);
        CALL(l, "choose", void (*)(int), LFI_SHAPE(1, 0, 0))(way);
        assert_null(lfi_library_failed(l));
        in_thread(tries, l);
        in_thread(tries, l);
        usleep(1000);
        assert_int_equal(lfi_library_free(l), 0);
    }
}

/* ---------------------------------------------------------------- threads that begin and end */

static struct lfi_library *open_way(int way, lfi_gate_fn *callback, void *data)
{
    uint64_t address = 0;
    struct lfi_library *l = open_file(test_hostile, NULL);
    if (callback)
        assert_int_equal(lfi_library_callback(l, callback, data, LFI_SHAPE(0, 0, 0), &address), 0);
    CALL(l, "choose_callback", void (*)(uint64_t), LFI_SHAPE(1, 0, 0))(address);
    CALL(l, "choose", void (*)(int), LFI_SHAPE(1, 0, 0))(way);
    assert_null(lfi_library_failed(l));
    return l;
}

static void *tries_to_begin(void *data)
{
    CHECK(lfi_library_thread(data) == NULL);
    return NULL;
}

/* The box runs for a thread of the host that has no part in it yet: that is a call, too. */
static void test_begins_without_end(void **state)
{
    (void)state;
    for (int way = 8; TEST_SPINS && way <= 9; way++) {
        struct lfi_library *l = open_way(0, NULL, NULL);
        pthread_t thread;
        assert_int_equal(lfi_library_freeze(l, NULL), 0);
        CALL(l, "choose", void (*)(int), LFI_SHAPE(1, 0, 0))(way);
        assert_int_equal(pthread_create(&thread, NULL, tries_to_begin, l), 0);
        while (!call0(l, "is_spinning"))
            usleep(1000);
        assert_int_equal(lfi_library_reset(l, NULL), -EBUSY);
        assert_int_equal(lfi_library_free(l), -EBUSY);
        assert_false(lfi_library_broken(l));
        lfi_library_interrupt(l);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(lfi_library_free(l), 0);
    }
}

static int begun;
static void begins_again(void)
{
    begun++;
    CHECK(lfi_library_thread(lfi_callback_library()) == NULL);
}

static void *begins(void *data)
{
    CHECK(lfi_library_thread(data) != NULL);
    return NULL;
}

/* What makes a thread for the host calls the host, which then would need one. */
static void test_begins_within_itself(void **state)
{
    (void)state;
    struct lfi_library *l = open_way(10, (lfi_gate_fn *)begins_again, NULL);
    pthread_t thread;
    begun = 0;
    assert_int_equal(pthread_create(&thread, NULL, begins, l), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(begun, 1);
    assert_int_equal(lfi_library_free(l), 0);
}

/* Two that make a thread call the host, which then needs a thread of the other one. */
static struct lfi_library *pair[2];
static pthread_barrier_t both;
static atomic_int refused_pairs;
static __thread bool crossing;

static void crosses(void)
{
    int other = lfi_callback_library() == pair[0];
    if (crossing)
        return;
    crossing = true;
    pthread_barrier_wait(&both);
    refused_pairs += lfi_library_thread(pair[other]) == NULL;
    crossing = false;
}

static void test_begins_crosswise(void **state)
{
    pthread_t threads[2];
    (void)state;
    pthread_barrier_init(&both, NULL, 2);
    for (int round = 0; round < 20; round++) {
        refused_pairs = 0;
        for (int i = 0; i < 2; i++)
            pair[i] = open_way(10, (lfi_gate_fn *)crosses, NULL);
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, begins, pair[i]), 0);
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(refused_pairs, 1); /* the second; the first waits for it */
        for (int i = 0; i < 2; i++)
            assert_int_equal(lfi_library_free(pair[i]), 0);
    }
    pthread_barrier_destroy(&both);
}

/* One that makes a thread keeps the host in a callback: an interrupt frees those that wait. */
static void stays(void)
{
    pthread_barrier_wait(&both); /* it is there */
    pthread_barrier_wait(&both); /* it may go */
}

static void test_begins_behind_a_callback(void **state)
{
    struct lfi_library *l = open_way(10, (lfi_gate_fn *)stays, NULL);
    pthread_t first, second;
    (void)state;
    pthread_barrier_init(&both, NULL, 2);
    assert_int_equal(pthread_create(&first, NULL, tries_to_begin, l), 0);
    pthread_barrier_wait(&both);
    assert_int_equal(pthread_create(&second, NULL, tries_to_begin, l), 0);
    usleep(20000);
    lfi_library_interrupt(l);
    assert_int_equal(pthread_join(second, NULL), 0);
    pthread_barrier_wait(&both);
    assert_int_equal(pthread_join(first, NULL), 0);
    assert_int_equal(lfi_library_free(l), 0);
    pthread_barrier_destroy(&both);
}

/* Instances that call the host at its thread's end; the host then calls all of them. */
enum { ENDING = 5 };
static struct lfi_library *ending[ENDING];
static int end_calls, end_refused;

static void calls_all(void)
{
    for (int i = 0; i < ENDING; i++) {
        call0(ending[i], "is_spinning");
        const struct lfi_library_failure *failure = lfi_library_failed(ending[i]);
        CHECK(!failure || failure->end == LFI_LIBRARY_REFUSED);
        end_calls++;
        end_refused += failure != NULL;
    }
}

static void *ends(void *data)
{
    (void)data;
    for (int i = 0; i < ENDING; i++)
        CHECK(lfi_library_thread(ending[i]) != NULL);
    return NULL;
}

static void test_calls_at_the_end(void **state)
{
    (void)state;
    for (int i = 0; i < ENDING; i++)
        ending[i] = open_way(11, (lfi_gate_fn *)calls_all, NULL);
    end_calls = end_refused = 0;
    in_thread(ends, NULL);
    assert_int_equal(end_calls, ENDING * ENDING);
    assert_int_equal(end_refused, ENDING * (ENDING - 1) / 2); /* by those that ended before */
    for (int i = 0; i < ENDING; i++)
        assert_int_equal(lfi_library_free(ending[i]), 0);
}

static int own_result;
static pthread_barrier_t own_done;
static void frees(void)
{
    struct lfi_library *l = lfi_callback_library();
    own_result = lfi_library_free(l);
    if (own_result == -EBUSY)
        own_result = lfi_library_reset(l, NULL);
    pthread_barrier_wait(&own_done);
}

static void *waits(void *data)
{
    (void)data;
    pthread_barrier_wait(&own_done);
    return NULL;
}

/* A thread of the library's own cannot be waited for in its own callback. */
static void test_frees_under_itself(void **state)
{
    (void)state;
    struct lfi_library *l = open_way(0, (lfi_gate_fn *)frees, NULL);
    pthread_t waiting;
    pthread_barrier_init(&own_done, NULL, 2);
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    assert_int_equal(call0(l, "start_own_thread"), 0);
    assert_int_equal(pthread_create(&waiting, NULL, waits, NULL), 0);
    assert_int_equal(pthread_join(waiting, NULL), 0);
    assert_int_equal(own_result, -EBUSY);
    assert_int_equal(lfi_library_free(l), 0);
    pthread_barrier_destroy(&own_done);
}

static void test_memory_that_lies(void **state)
{
    struct lfi_library *l = open_file(test_hostile, NULL);
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(lfi_library_malloc(l, 16), 0);
    assert_int_equal(lfi_library_string_out(l, "text"), 0);
    assert_int_equal(lfi_library_memalign(l, 16, 4096), 0);
    assert_int_equal(lfi_library_realloc(l, 8, 8), 0); /* has none */
    assert_null(lfi_library_failed(l));
    assert_int_equal(lfi_library_calloc(l, 8, 8), 0); /* an address without code */
    assert_int_equal(lfi_library_failed(l)->end, LFI_LIBRARY_FAULT);
    assert_int_equal(lfi_library_free(l), 0);
}

static void *refused(void *data)
{
    struct lfi_library *l = data;
    CHECK(lfi_library_thread(l) == NULL);
    return NULL;
}

static void test_minimal_runtime(void **state)
{
    struct lfi_library *l = open_file(test_minimal, NULL);
    (void)state;
    assert_int_equal(call1(l, "compute", 20), 41);
    assert_int_equal(call0(l, "constructed"), 42);
    assert_int_equal(lfi_library_malloc(l, 8), 0);
    assert_null(lfi_library_failed(l));
    in_thread(refused, l);
    assert_int_equal(lfi_library_free(l), 0);
}

/* ------------------------------------------------------------------------------------- faults */

static long in_flight(long depth)
{
    struct lfi_library *l = lfi_callback_library();
    uint64_t *address = lfi_callback_data();
    if (depth)
        return CALL(l, "calls", long (*)(uint64_t, long), LFI_SHAPE(2, 0, 0))(*address, depth - 1);
    return call0(l, "crash");
}

static void *faults(void *data)
{
    struct lfi_library *l;
    uint64_t address;
    CHECK(lfi_library_open_again(&l, data, NULL, NULL) == 0);
    CHECK(lfi_library_callback(l, (lfi_gate_fn *)in_flight, &address,
                               LFI_SHAPE(1, 0, 0) | LFI_SHAPE_RESULT(1, 0), &address) == 0);
    CHECK(lfi_library_freeze(l, NULL) == 0);
    for (uint64_t i = 0; i < test_count / 4; i++) {
        long result =
            CALL(l, "calls", long (*)(uint64_t, long), LFI_SHAPE(2, 0, 0))(address, (long)(i % 4));
        CHECK(result == 0);
        CHECK(lfi_library_failed(l) != NULL);
        CHECK(lfi_library_reset(l, NULL) == 0);
    }
    CHECK(lfi_library_free(l) == 0);
    return NULL;
}

static void four_threads(struct lfi_library *first)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, faults, first), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* Kilobytes. */
static long resident(void)
{
    long pages = 0, all;
    FILE *file = fopen("/proc/self/statm", "r");
    if (fscanf(file, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    fclose(file);
    return pages * (lfi_page_size() / 1024);
}

static void test_faults(void **state)
{
    struct lfi_library *first = open_boxed(NULL);
    (void)state;
    uint64_t all = test_count;
    test_count = 200;
    four_threads(first); /* what is made once is made */
    int descriptors = count_descriptors();
    long before = resident();
    test_count = all;
    four_threads(first);
    assert_int_equal(count_descriptors(), descriptors);
    print_message("%" PRIu64 " faults, %ld KiB more\n", all, resident() - before);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* which keep what was freed \
                                                                     */
    if (!TEST_EMULATED) /* an emulator takes memory of its own, tens of megabytes at once */
        assert_true(resident() - before < 20000);
#endif
    assert_int_equal(lfi_library_free(first), 0);
}

/* A timer of the box that is about to end it, or does so just now, does not outlive a reset. */
static void test_timers_and_resets(void **state)
{
    enum { MICROSECONDS = 600 };
    struct lfi_library *l = open_file(test_hostile, NULL);
    uint64_t seed = 1;
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (uint64_t i = 0; i < test_count; i++) {
        uint64_t wait = test_random(&seed) % MICROSECONDS * 1000;
        CALL(l, "arm", void (*)(long), LFI_SHAPE(1, 0, 0))(MICROSECONDS / 2);
        nanosleep(&(struct timespec){.tv_nsec = (long)wait}, NULL);
        assert_int_equal(lfi_library_reset(l, NULL), 0);
        assert_int_equal(call0(l, "is_spinning"), 0);
        if (lfi_library_failed(l))
            fail_msg("round %" PRIu64 ": %s", i, lfi_library_failed(l)->report);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

static struct {
    struct lfi_library *library;
    int result;
} busy;

static void reset_inside(struct lfi_context *context, struct lfi_regs *regs)
{
    (void)context, (void)regs;
    busy.result = lfi_library_reset(busy.library, NULL);
}

/* A reset that is refused leaves the timers as they are. A context of the host's own is what it
 * finds last. */
static void test_timers_and_refused_resets(void **state)
{
    struct lfi_library *l = busy.library = open_file(test_hostile, NULL);
    struct lfi_context *own;
    (void)state;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    assert_int_equal(lfi_context_new(lfi_library_box(l), reset_inside, NULL, &own), 0);
    struct lfi_context *thread = lfi_library_thread(l);
    lfi_context_set_tp(own, lfi_context_tp(thread));
    lfi_gate_set_stack(own, lfi_gate_stack(thread) - 16384);
    CALL(l, "arm", void (*)(long), LFI_SHAPE(1, 0, 0))(300000);
    ((void (*)(long))lfi_gate(own, lfi_library_symbol(l, "arm"), LFI_SHAPE(1, 0, 0)))(1000000);
    assert_int_equal(busy.result, -EBUSY);
    while (!lfi_library_broken(l))
        usleep(1000);
    assert_int_equal(lfi_context_free(own), 0);
    assert_int_equal(lfi_library_reset(l, NULL), 0);
    assert_int_equal(call0(l, "is_spinning"), 0);
    assert_null(lfi_library_failed(l));
    assert_int_equal(lfi_library_free(l), 0);
}

/* Threads of the box's own that stop each other all the time, with handlers under way: a reset ends
 * them, and finds everything as it was. */
static void test_storms_and_resets(void **state)
{
    (void)state;
    if (!TEST_SPINS)
        skip();
    struct lfi_library *l = open_file(test_hostile, NULL);
    uint64_t seed = 2;
    assert_int_equal(lfi_library_freeze(l, NULL), 0);
    for (uint64_t i = 0; i < test_count / 20; i++) {
        assert_int_equal(call0(l, "is_spinning"), 0);
        assert_int_equal(call0(l, "storm"), 0);
        if (lfi_library_failed(l))
            fail_msg("round %" PRIu64 ": %s", i, lfi_library_failed(l)->report);
        nanosleep(&(struct timespec){.tv_nsec = (long)(test_random(&seed) % 1000000)}, NULL);
        if (i % 3 == 0)
            call0(l, "is_spinning"); /* with signals pending */
        assert_int_equal(lfi_library_reset(l, NULL), 0);
    }
    assert_int_equal(lfi_library_free(l), 0);
}

/* Opened and freed again and again, in several threads. */
static void test_open_and_free(void **state)
{
    struct lfi_library *first = open_boxed(NULL), *l;
    int descriptors = count_descriptors();
    (void)state;
    for (int i = 0; i < (TEST_EMULATED ? 6 : 100); i++) {
        assert_int_equal(lfi_library_open_again(&l, first, NULL, NULL), 0);
        if (TEST_SPINS)
            call0(l, "starts");
        if (i % 2)
            call0(l, "crash");
        assert_int_equal(lfi_library_free(l), 0);
    }
    assert_int_equal(count_descriptors(), descriptors);
    assert_int_equal(lfi_library_free(first), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_that_lie),   cmocka_unit_test(test_memory_that_lies),
        cmocka_unit_test(test_begins_without_end), cmocka_unit_test(test_begins_within_itself),
        cmocka_unit_test(test_begins_crosswise),   cmocka_unit_test(test_begins_behind_a_callback),
        cmocka_unit_test(test_calls_at_the_end),   cmocka_unit_test(test_frees_under_itself),
        cmocka_unit_test(test_minimal_runtime),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_timers_and_resets),  cmocka_unit_test(test_timers_and_refused_resets),
        cmocka_unit_test(test_storms_and_resets),  cmocka_unit_test(test_open_and_free),
    };
    test_files(argc, argv);
    test_count = test_option(argc, argv, "--count=", 4000 / TEST_SLOWER) / (TEST_EMULATED ? 20 : 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
