// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A host in C++: what comes from the box is tainted, and the compiler does not let it be used
// before it was checked.
#include <cstdio>

#include "tablebox.hpp"

int main()
try {
    boxed::tablebox::sandbox box;

    auto entry = box.find(2);
    if (entry == nullptr)
        return 1;
    // int value = entry->value;                              does not compile
    int value = entry->value.copy_and_verify([](int v) { return v >= 0 && v < 1000 ? v : -1; });
    std::printf("key 2 has value %d\n", value);

    int sum = 0;
    auto visit = box.register_callback<void(struct entry *)>([&](auto &, auto e) {
        sum += e->value.copy_and_verify([](int v) { return v >= 0 && v < 1000 ? v : 0; });
    });
    box.each(visit);
    std::printf("all values together are %d\n", sum);
    return 0;
} catch (const lfi::box_error &error) {
    std::fprintf(stderr, "cpp: %s\n", error.what());
    return 1;
}
