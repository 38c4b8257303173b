// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Robust mutexes, and lists of them that are not what they should be. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock;
static volatile int held;

static void *dies(void *unused)
{
    pthread_mutex_lock(&lock);
    return unused;
}

static void *waits(void *unused)
{
    long result = pthread_mutex_lock(&lock);
    if (result == EOWNERDEAD)
        pthread_mutex_consistent(&lock);
    pthread_mutex_unlock(&lock);
    (void)unused;
    return (void *)result;
}

static void *dies_slowly(void *unused)
{
    pthread_mutex_lock(&lock);
    held = 1;
    usleep(50000);
    return unused;
}

struct entry {
    struct entry *next;
    uint32_t word;
};

static struct {
    struct entry *next;
    long offset;
    struct entry *pending;
} head;
static struct entry first, second;
static volatile int which, list_tid;

static void *has_list(void *unused)
{
    uint32_t own = (uint32_t)syscall(SYS_gettid);
    list_tid = (int)own;
    first.word = second.word = own;
    head.offset = offsetof(struct entry, word);
    head.pending = NULL;
    head.next = &first;
    first.next = &second;
    second.next = (struct entry *)&head;
    switch (which) {
    case 1: /* a circle */
        second.next = &first;
        break;
    case 2: /* the middle of nowhere */
        first.next = (struct entry *)16;
        break;
    case 3: /* a high address */
        second.next = (struct entry *)0xffff800000000000;
        break;
    case 4: /* another's mutex, with waiters */
        second.word = (own + 1) | FUTEX_WAITERS;
        break;
    case 5: /* not aligned */
        head.offset++;
        break;
    case 6: /* one that was about to be taken or released */
        head.next = (struct entry *)&head;
        head.pending = &second;
        break;
    case 7: /* one that cannot be written */
        first.next = (struct entry *)"0123456701234567";
        break;
    default:
        break;
    }
    syscall(SYS_set_robust_list, &head, sizeof head);
    syscall(SYS_exit, 0);
    return unused;
}

int main(void)
{
    pthread_mutexattr_t attributes;
    pthread_t thread, waiter;
    void *result;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&lock, &attributes);
    pthread_create(&thread, NULL, dies, NULL);
    pthread_join(thread, NULL);
    int locked = pthread_mutex_lock(&lock);
    printf("owner dead %d", locked == EOWNERDEAD);
    printf(", consistent %d", pthread_mutex_consistent(&lock));
    printf(", unlock %d\n", pthread_mutex_unlock(&lock));

    pthread_create(&thread, NULL, dies_slowly, NULL);
    while (!held)
        usleep(1000);
    pthread_create(&waiter, NULL, waits, NULL);
    pthread_join(waiter, &result);
    pthread_join(thread, NULL);
    printf("the one that waits: %d\n", (long)result == EOWNERDEAD);

    for (which = 0; which < 8; which++) {
        pthread_create(&thread, NULL, has_list, NULL);
        pthread_detach(thread);
        while (!list_tid || syscall(SYS_tgkill, getpid(), list_tid, 0) == 0)
            usleep(1000);
        list_tid = 0;
        uint32_t mine = FUTEX_OWNER_DIED;
        printf("list %d: %d %d\n", which, first.word == mine, second.word == mine);
    }
    void *list;
    size_t size;
    printf("bad calls %d", (int)syscall(SYS_set_robust_list, &head, 23));
    printf(" %d", (int)syscall(SYS_get_robust_list, 0, NULL, &size));
    printf(" %d\n", (int)syscall(SYS_get_robust_list, 1 << 30, &list, &size));
    syscall(SYS_set_robust_list, &head, sizeof head);
    syscall(SYS_get_robust_list, 0, &list, &size);
    printf("list %d %zu\n", list == &head, size);
    return 0;
}
