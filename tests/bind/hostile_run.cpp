// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What the box says is of its type, and wraps; a thread of the box calls a callback at the moment
 * when the host ends it. */
#include "hbox.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <thread>

using set = struct switches; /* a function has the name, too */
static std::atomic<int> inside, calls;

/* As the bytes are, whatever the compiler thinks of bool. */
static bool is_settled(const set &got)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(&got);
    return bytes[offsetof(set, on)] == 1 && bytes[offsetof(set, list) + 2] == 1 &&
           bytes[offsetof(set, inner) + sizeof(inner) + offsetof(inner, on)] == 1 &&
           bytes[offsetof(set, inner)] == 2;
}

static int values()
{
    boxed::hbox::sandbox box;
    auto pointer = box.switches_at(2);
    set copy = *pointer.copy_and_verify([](auto got) { return got; });
    bool good = is_settled(copy);
    copy = (*pointer).copy_and_verify([](const set &got) { return got; });
    good = good && is_settled(copy);
    copy = pointer.copy_and_verify_range([](auto got) { return got[0]; }, 1);
    good = good && is_settled(copy);
    copy = box.switches(2).copy_and_verify([](const set &got) { return got; });
    good = good && is_settled(copy);
    if (!good) {
        std::fprintf(stderr, "a bool of the box is neither true nor false\n");
        return 1;
    }
    auto n = box.hardly(50000);
    int square = (n * n).copy_and_verify([](int of) { return of < 0 || of > 100 ? 0 : of; });
    if (square != 0) {
        std::fprintf(stderr, "a check of what the box has computed is gone: %d\n", square);
        return 1;
    }
    return 0;
}

int main()
{
    if (values() != 0)
        return 1;
    for (int i = 0; i < 20; i++) {
        boxed::hbox::sandbox box;
        calls = 0;
        {
            auto numbers = std::make_unique<int[]>(1000); /* after `c` it is gone */
            auto c = box.register_callback<int(int)>([&](auto &, auto n) {
                inside++;
                calls++;
                if (i % 2)
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                int sum = n.copy_and_verify([&](int at) { return ++numbers[at % 1000]; });
                inside--;
                return sum;
            });
            if (box.call_by_thread(c).UNSAFE_unverified() != 0)
                return 1;
            while (calls < 3)
                std::this_thread::yield();
            c.unregister();
            if (inside != 0) {
                std::fprintf(stderr, "the callback runs after its end\n");
                return 1;
            }
        }
        if (i % 2) { /* what has the same place is not called instead */
            auto other = box.register_callback<double(double)>([&](auto &, auto) -> double {
                std::fprintf(stderr, "another callback was called\n");
                std::_Exit(1);
            });
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    return 0;
}
