// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Exceptions through frames with destructors, again and nested, kept, through C, from deep below.
 */
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int through_c(int (*callback)(int), int argument);

struct Noisy {
    const char *name;
    ~Noisy()
    {
        std::printf("~%s ", name);
    }
};

[[gnu::noinline]] static int leave_early(int n)
{
    if (n < 0)
        return n;
    Noisy inner{"early"};
    if (n == 3)
        throw n;
    return n * 2;
}

[[gnu::noinline]] static int down(int n)
{
    Noisy frame{"frame"};
    std::string text(n, 'x');
    return n == 0 ? throw std::out_of_range("bottom") : down(n - 1) + (int)text.size();
}

[[gnu::noinline]] static int deep(int n)
{
    std::vector<int> work(16, n);
    if (n == 20000)
        throw work;
    return deep(n + 1) + work[3];
}

static int thrower(int n)
{
    if (n > 10)
        throw std::length_error("from a callback " + std::to_string(n));
    return n;
}

static void again()
{
    try {
        down(2);
    } catch (const std::logic_error &) {
        std::printf("again: ");
        throw;
    }
}

static void nest()
{
    try {
        throw std::runtime_error("cause");
    } catch (...) {
        std::throw_with_nested(std::invalid_argument("effect"));
    }
}

static void causes(const std::exception &e, int depth)
{
    std::printf("%*s%s\n", depth * 2, "", e.what());
    try {
        std::rethrow_if_nested(e);
    } catch (const std::exception &inner) {
        causes(inner, depth + 1);
    }
}

struct Base {
    virtual ~Base() = default;
};
struct Other {
    int value = 7;
};
struct Derived : Base, Other {
};

struct Member {
    Member(int n)
    {
        if (n)
            throw n;
    }
};
struct Holder {
    Noisy first{"first"};
    Member second;
    Holder(int n)
    try : second(n) {
    } catch (int value) {
        std::printf("constructor %d ", value);
    }
};

int main()
{
    for (int i = -1; i < 5; i++) {
        try {
            std::printf("%d ", leave_early(i));
        } catch (int value) {
            std::printf("caught %d ", value);
        }
    }
    std::puts("");
    try {
        again();
    } catch (const std::out_of_range &e) {
        std::puts(e.what());
    }
    try {
        nest();
    } catch (const std::exception &e) {
        causes(e, 0);
    }
    try {
        throw Derived();
    } catch (Other &other) {
        std::printf("second base %d\n", other.value);
    }
    try {
        throw 1.5;
    } catch (int) {
        std::puts("wrong");
    } catch (...) {
        std::puts("something");
    }
    std::exception_ptr kept;
    try {
        throw std::string("kept");
    } catch (...) {
        kept = std::current_exception();
    }
    for (int i = 0; i < 2; i++) {
        try {
            std::rethrow_exception(kept);
        } catch (std::string &text) {
            text += '!';
            std::puts(text.c_str());
        }
    }
    std::printf("%d ", through_c(thrower, 5));
    try {
        through_c(thrower, 11);
    } catch (const std::exception &e) {
        std::puts(e.what());
    }
    try {
        deep(0);
    } catch (const std::vector<int> &work) {
        std::printf("from %d frames below\n", work[15]);
    }
    try {
        Holder holder(4);
    } catch (int value) {
        std::printf("and outside %d\n", value);
    }
    int sum = 0;
    for (int i = 0; i < 1000; i++) {
        try {
            thrower(i);
        } catch (const std::length_error &) {
            sum += std::uncaught_exceptions() + 1;
        }
    }
    std::printf("%d times\n", sum);
}
