// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a call of a boxed library costs, by each way that there is, next to an indirect call through
 * a table of the same function without a box. `calls` builds and runs it.
 */
#include "cbox.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace native /* calls.c, compiled as the host is */
{
extern "C" int native_add(int a, int b);
extern "C" size_t native_length(const char *text);
extern "C" int native_call_back(back_fn *back, int n);
} // namespace native

constexpr int rounds = 501, calls = 1000;

struct series {
    const char *name;
    int baseline; /* which line it is compared with; -1: none, it is one */
    double time[rounds];
};
static series all[] = {
    {"natively, through a table: add(int, int)", -1, {}},
    {"lfi_call()", 0, {}},
    {"lfi_library_gate()", 0, {}},
    {"by a name, registers as they are (--symbols)", 0, {}},
    {"C wrapper of lfi-bind", 0, {}},
    {"C++ wrapper, tainted result verified", 0, {}},
    {"natively: length(\"sixteen letters.\")", -1, {}},
    {"C wrapper, the string copied", 6, {}},
    {"natively: a function that calls one back", -1, {}},
    {"C wrapper, one callback", 8, {}},
};

static double now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <class F> static void measure(int line, int round, F call)
{
    double start = now();
    for (int i = 0; i < calls; i++)
        call(i);
    all[line].time[round] = (now() - start) / calls;
}

static int back(int n)
{
    return n + 1;
}

using add_fn = int (*)(int, int);
static add_fn volatile add_table[] = {native::native_add, native::native_add};
using length_fn = size_t (*)(const char *);
static length_fn volatile length_table[] = {native::native_length, native::native_length};
using call_back_fn = int (*)(back_fn *, int);
static call_back_fn volatile call_back_table[] = {native::native_call_back,
                                                  native::native_call_back};
extern "C" lfi_gate_fn *nbox_add(struct nbox *box); /* of --symbols */
extern "C" int nbox_open(struct nbox **box, const struct lfi_library_options *options,
                         struct lfi_error *error);

int main()
{
    boxed::cbox::sandbox sandbox;
    struct cbox *box = sandbox.c();
    struct lfi_library *library = cbox_library(box);
    struct lfi_context *context = lfi_library_thread(library);
    uint64_t address = lfi_library_symbol(library, "add");
    struct nbox *names;
    if (!context || !address || nbox_open(&names, nullptr, nullptr) != 0)
        return 1;
    volatile uint64_t sum = 0, wrong = 0;
    using wide_fn = uint64_t (*)(uint64_t, uint64_t);
    for (int r = 0; r < rounds; r++) {
        measure(0, r, [&](int i) { sum += static_cast<unsigned>(add_table[i & 1](i, 1)); });
        measure(1, r, [&](int i) {
            struct lfi_call call = {};
            call.integer[0] = static_cast<uint64_t>(i);
            call.integer[1] = 1;
            lfi_call(context, address, &call);
            sum += call.result;
        });
        measure(2, r, [&](int i) {
            sum += reinterpret_cast<wide_fn>(lfi_library_gate(
                library, address, LFI_SHAPE(2, 0, 0)))(static_cast<uint64_t>(i), 1);
        });
        measure(3, r, [&](int i) {
            sum += reinterpret_cast<wide_fn>(nbox_add(names))(static_cast<uint64_t>(i), 1);
        });
        measure(4, r, [&](int i) {
            sum += static_cast<unsigned>(cbox_add(box, i, 1));
            wrong += cbox_status() != 0;
        });
        measure(5, r, [&](int i) {
            sum +=
                static_cast<unsigned>(sandbox.add(i, 1).copy_and_verify([](int n) { return n; }));
        });
        measure(6, r, [&](int i) { sum += length_table[i & 1]("sixteen letters."); });
        measure(7, r, [&](int) { wrong += cbox_length(box, "sixteen letters.") != 16; });
        measure(8, r,
                [&](int i) { sum += static_cast<unsigned>(call_back_table[i & 1](back, i)); });
        measure(9, r, [&](int i) { wrong += cbox_call_back(box, back, i) != i + 2; });
    }
    std::printf("%-46s %9s %9s\n", "nanoseconds a call, medians", "", "relative");
    for (series &line : all) {
        std::sort(line.time, line.time + rounds);
        double middle = line.time[rounds / 2];
        if (line.baseline < 0)
            std::printf("%-46s %9.1f\n", line.name, middle);
        else /* its baseline stands above it, and is sorted */
            std::printf("%-46s %9.1f %9.1f\n", line.name, middle,
                        middle / all[line.baseline].time[rounds / 2]);
    }
    if (wrong != 0)
        std::fprintf(stderr, "calls: wrong results\n");
    return wrong != 0;
}
