// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in the benchmark of this name: a template that nobody uses, with a mistake.
#include <cstdio>

#ifndef SPEC_LINUX
#error "the platform is not chosen"
#endif

template <typename T> struct Cache {
    T value;
    T &get()
    {
        return this->missing;
    }
    Cache &operator=(const Cache &other)
    {
        no_such_name();
        return *this;
    }
};

int main(int argc, char **argv)
{
    std::printf("%d %s\n", argc, argv[1]);
    return 0;
}
