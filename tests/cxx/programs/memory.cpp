// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* new and delete in their forms, alignment, running out, objects placed and shared. */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <memory_resource>
#include <new>
#include <vector>

struct alignas(256) Wide {
    char bytes[300];
};
struct Counted {
    static int alive;
    int value = ++alive;
    ~Counted()
    {
        alive--;
    }
};
int Counted::alive;

static void *volatile kept; /* so that no allocation is optimized away */

static int handled;
static void handler()
{
    if (++handled == 3)
        std::set_new_handler(nullptr);
}

int main()
{
    auto *wide = new Wide[3];
    std::printf("%d\n", (int)((uintptr_t)wide % 256));
    delete[] wide;
    volatile size_t huge = SIZE_MAX / 4;
    try {
        kept = new char[huge];
        std::puts("too good");
    } catch (const std::bad_alloc &) {
        std::puts("bad_alloc");
    }
    std::set_new_handler(handler);
    kept = new (std::nothrow) char[huge];
    std::printf("%d %d\n", kept == nullptr, handled);
    volatile int negative = -1;
    try {
        kept = new int[negative];
    } catch (const std::bad_alloc &) { /* or what is derived of it: compilers differ */
        std::puts("bad_alloc or its child");
    }
    try {
        std::vector<char> all;
        for (size_t size = 1 << 28;; size *= 2) /* more than the box has, sooner or later */
            all.reserve(size);
    } catch (const std::exception &) {
        std::puts("no more");
    }
    alignas(Counted) char room[sizeof(Counted)];
    auto *placed = new (room) Counted;
    std::printf("%d ", placed->value);
    placed->~Counted();
    std::printf("%d\n", Counted::alive);
    std::weak_ptr<Counted> weak;
    {
        auto shared = std::make_shared<Counted>();
        auto copy = shared;
        weak = copy;
        std::printf("%ld %d ", weak.use_count(), Counted::alive);
    }
    std::printf("%d %d\n", weak.expired(), Counted::alive);
    std::pmr::monotonic_buffer_resource pool;
    std::pmr::vector<int> pooled(&pool);
    for (int i = 0; i < 10000; i++)
        pooled.push_back(i);
    std::printf("%d\n", pooled[9999]);
    void *aligned = std::aligned_alloc(4096, 8192);
    std::printf("%d\n", (int)((uintptr_t)aligned % 4096));
    std::free(aligned);
}
