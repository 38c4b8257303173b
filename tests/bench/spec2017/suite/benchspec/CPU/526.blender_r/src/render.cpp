// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <stdexcept>

extern "C" int prepare(void);

int main(int, char **argv)
{
    char white = static_cast<char>(200);

    try {
        if (prepare())
            throw std::runtime_error("no scene");
    } catch (const std::exception &error) {
        std::puts(error.what());
        return 1;
    }
    std::printf("%s%d\n", argv[3], white);
    return 0;
}
