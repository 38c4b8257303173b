// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parts.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

int parts_sorted(int a, int b, int c)
try {
    std::vector<int> list{a, b, c};
    std::sort(list.begin(), list.end());
    if (list.at(1) < 0)
        throw std::runtime_error("below 0");
    return list[1];
} catch (const std::runtime_error &) {
    return -1;
}
