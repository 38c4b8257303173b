// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What nobody catches ends the program, through its own handler. */
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

static void last()
{
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::exception &e) {
        std::printf("uncaught: %s\n", e.what());
    }
    std::fflush(stdout);
    std::abort();
}

static void never_throws() noexcept
{
    throw std::domain_error("out of noexcept");
}

int main()
{
    std::set_terminate(last);
    try {
        never_throws();
    } catch (...) {
        std::puts("caught what must not be");
    }
}
