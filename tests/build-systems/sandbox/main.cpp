// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>

#include "partsbox.hpp"

int main()
{
    boxed::partsbox::sandbox box;
    auto value = [](auto tainted) { return tainted.copy_and_verify([](int n) { return n; }); };
    std::printf("%d %d %d %d %d %d\n", value(box.one()), value(box.two()),
                value(box.sorted(9, 3, 1)), value(box.archive()), value(box.generated()),
                value(box.sorted(-9, -7, -5)));
}
