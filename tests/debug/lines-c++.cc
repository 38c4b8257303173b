// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lines.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" void cxx();

namespace
{

struct guard {
    int n;
    explicit guard(int number) : n(number)
    {
    }
    ~guard()
    {
        HERE;
    }
};

struct base {
    virtual ~base() = default;
    virtual int value(int n) = 0;
};

struct derived : base {
    int value(int n) override
    {
        if (n > 2)
            throw std::out_of_range("n");
        HERE;
        return n * 2;
    }
};

template <class T> T sum(const std::vector<T> &v)
{
    T total{};
    for (const T &x : v)
        total += x;
    HERE;
    return total;
}

void (*volatile thrower)(int) = [](int n) { throw n; };

int tries(base &b, int n)
{
    guard g(n);
    try {
        int v = b.value(n);
        HERE;
        return v;
    } catch (const std::exception &) {
        HERE;
        return -1;
    }
}

/* Without a branch before the try block: LLVM's assembler must not take its place for known. */
int straight(volatile long *p, int n)
{
    p[0] = n * 3L;
    p[1] = n + 77777L;
    p[2] = 0x1234567;
    p[3] = n ^ 0x55555;
    p[4] = 99999;
    p[5] = n - 123456;
    p[6] = 2222222;
    try {
        thrower(n);
    } catch (int) {
        HERE;
    }
    return 0;
}

} // namespace

void cxx()
{
    volatile long room[7];
    straight(room, 1);
    std::unique_ptr<base> b = std::make_unique<derived>();
    HERE;
    tries(*b, 1);
    tries(*b, 3);
    std::vector<int> v{3, 1, 2};
    std::sort(v.begin(), v.end(), [](int x, int y) {
        HERE;
        return x < y;
    });
    HERE;
    sum(v);
    sum(std::vector<std::string>{"a", "b"});
    auto later = [&v] { HERE; };
    later();
    HERE;
}
