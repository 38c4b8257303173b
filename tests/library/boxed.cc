// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The library in the box, of the tests in this folder: what works, and what fails on purpose.
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <poll.h>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#define EXPORT extern "C" __attribute__((visibility("default"), noinline))

static int constructed, destroyed;
struct Global {
    Global()
    {
        constructed = 42;
    }
};
static Global global;
struct Local {
    int value = 7;
    ~Local()
    {
        destroyed++;
    }
};
static thread_local Local local;

EXPORT int get_constructed()
{
    return constructed;
}
EXPORT int get_destroyed()
{
    return destroyed;
}
EXPORT int bump()
{
    return ++local.value;
}
EXPORT int add(int a, int b)
{
    return a + b;
}
EXPORT double half(double x)
{
    return x / 2;
}
EXPORT long many(long a, long b, long c, long d, long e, long f, long g, long h)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
EXPORT int catches(int throws)
{
    try {
        if (throws)
            throw std::runtime_error("thrown");
    } catch (const std::exception &e) {
        return (int)std::strlen(e.what());
    }
    return 0;
}
EXPORT int set_errno(int value)
{
    int old = errno;
    errno = value;
    return old;
}
EXPORT size_t length(const char *text)
{
    return std::strlen(text);
}
EXPORT int random_and_time()
{
    unsigned char bytes[8];
    struct timespec now;
    return getentropy(bytes, sizeof bytes) == 0 && clock_gettime(CLOCK_REALTIME, &now) == 0;
}
EXPORT int opens(const char *path)
{
    return access(path, F_OK) == 0 ? 0 : errno;
}
EXPORT int writes(int fd)
{
    return write(fd, "x", 1) == 1 ? 0 : errno;
}
EXPORT char *environment()
{
    return getenv("PATH");
}
EXPORT long own_call(long number, long a, long b)
{
    return syscall(number, a, b);
}
EXPORT int broken_pipe()
{
    int ends[2];
    if (pipe(ends))
        return -1;
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    return write(ends[1], "x", 1) < 0 ? errno : 0;
}

// Ends.
EXPORT int do_exit(int status)
{
    exit(status);
}
EXPORT int do_abort()
{
    abort();
}
EXPORT int crash()
{
    return *(volatile int *)nullptr;
}
// Calls that do not return by themselves: how many there are or have been.
extern "C" __attribute__((visibility("default"))) int stuck;
int stuck;
EXPORT int spin()
{
    __atomic_fetch_add(&stuck, 1, __ATOMIC_SEQ_CST);
    for (volatile int i = 0;; i++)
        ;
}
EXPORT int sleeps()
{
    __atomic_fetch_add(&stuck, 1, __ATOMIC_SEQ_CST);
    for (;;)
        pause();
}
EXPORT long burn(long rounds)
{
    volatile long i = 0;
    while (i < rounds)
        i = i + 1;
    return i;
}
EXPORT int eats()
{
    for (;;) {
        volatile char *memory = (volatile char *)malloc(1 << 20);
        for (int i = 0; memory && i < 1 << 20; i += 4096)
            memory[i] = 1;
        if (!memory)
            pause();
    }
}
// Waits in one of several ways, each as soon as the last one ends.
EXPORT int waits(int how)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec time = {1000, 0};
    for (;;) {
        switch (how % 4) {
        case 0:
            nanosleep(&time, nullptr);
            break;
        case 1:
            poll(nullptr, 0, -1);
            break;
        case 2:
            pause();
            break;
        default:
            pthread_mutex_lock(&mutex);
            pthread_cond_wait(&never, &mutex);
            pthread_mutex_unlock(&mutex);
        }
    }
}
EXPORT int end_thread()
{
    pthread_exit(nullptr);
}
EXPORT int deep(int depth)
{
    volatile char room[4096];
    room[depth & 4095] = 1;
    return deep(depth + 1) + room[depth & 4095];
}
EXPORT int rests_again()
{
    return syscall(0x10000, 0) < 0 ? errno : 0;
}

// Callbacks.
typedef long callback(long);
EXPORT long calls(callback *f, long x)
{
    return f(x) + 1;
}
EXPORT long calls_wild(long (*f)(void *, void *, long), long x)
{
    return f((void *)0x7fffffffffff0000, (void *)x, -1);
}
static jmp_buf outer;
EXPORT long jumps_out(callback *f, long x)
{
    if (setjmp(outer))
        return 1000; // over the host's frames: the host still waits for inner()
    return f(x);
}
EXPORT long inner()
{
    longjmp(outer, 1);
}
static void *endless(void *)
{
    for (volatile int i = 0;; i++)
        ;
}
static void *endless_calls(void *f)
{
    for (;;)
        ((callback *)f)(1);
}
EXPORT int starts()
{
    pthread_t t;
    return pthread_create(&t, nullptr, endless, nullptr);
}
EXPORT int starts_calls(callback *f)
{
    pthread_t t;
    return pthread_create(&t, nullptr, endless_calls, (void *)f);
}
EXPORT int joins()
{
    pthread_t t;
    void *result = nullptr;
    auto run = [](void *x) { return (void *)((char *)x + bump()); };
    return pthread_create(&t, nullptr, run, nullptr) || pthread_join(t, &result)
               ? -1
               : (int)(intptr_t)result;
}
EXPORT int dirty(char *memory, int pages)
{
    for (int i = 0; i < pages; i++)
        memory[i * 4096] = 1;
    return pages;
}
