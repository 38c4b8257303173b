// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A thread of the box calls a callback at the moment when the host ends it. */
#include "hbox.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

static std::atomic<int> inside, calls;

int main()
{
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
