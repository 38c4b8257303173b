// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The sample library through the C++ wrappers. tests/bind/misuse/ holds what must not compile. */
#include "sbox.hpp"

#include <cstdio>

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                          \
        }                                                                        \
    } while (0)

template <class T> using tainted = boxed::sbox::tainted<T>;
using boxed::sbox::sandbox;
static auto same = [](auto value) { return value; };

/* A callback that a reset took away has no address, and its end takes none from another. */
static int resets()
{
    int failures = 0;
    sandbox box;
    tainted<int *> list = box.malloc_in_sandbox<int>(2);
    CHECK(lfi_library_freeze(box.library(), nullptr) == 0);
    auto less = [](sandbox &, tainted<const void *> a, tainted<const void *> b) {
        auto at = [](tainted<const void *> p) {
            return (*lfi::sandbox_reinterpret_cast<const int *>(p)).copy_and_verify(same);
        };
        return at(a) - at(b);
    };
    auto before = box.register_callback<compare_fn>(less);
    CHECK(lfi_library_reset(box.library(), nullptr) == 0 && before.address() == 0);
    auto since = box.register_callback<compare_fn>(less);
    before.unregister();
    list[0] = 2;
    list[1] = 1;
    box.sort(list, 2, since);
    CHECK(list[0].copy_and_verify(same) == 1 && list[1].copy_and_verify(same) == 2);
    return failures;
}

/* What the host left on its stack. */
static __attribute__((noinline)) void dirty_stack()
{
    volatile unsigned char bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = 0xff;
}

template <class T> static T padding(T zero)
{
    T filled;
    std::memset(&filled, 0xff, sizeof filled);
    if constexpr (std::is_same_v<T, struct point>)
        filled.x = zero.x, filled.y = zero.y;
    return filled;
}

/* No byte of the host's that is not a value's gets into the box: by value, or by a pointer. */
static int spills()
{
    int failures = 0;
    sandbox box;
    struct padded filled;
    std::memset(&filled, 0xff, sizeof filled);
    for (auto &list : filled.list)
        for (auto &at : list)
            at.kind = 0, at.size = 0;
    for (auto &at : filled.points)
        at.x = 0, at.y = 0;
    filled.both.x.a = 0, filled.both.x.b = 0;
    filled.any.large = 0;
    filled.wide = 0;
    filled.on[0] = filled.on[1] = false;
    filled.c = 0, filled.h = 0;
    dirty_stack();
#ifdef __x86_64__ /* elsewhere C++ cannot pass large structures and long doubles: lfi-bind says so \
                   */
    CHECK(box.spilt_values(filled, 0.0L, 0.0L).copy_and_verify(same) == 0);
#endif
    CHECK(box.spilt_register(padding(point{0, 0})).copy_and_verify(same) == 0);

    tainted<struct padded *> padded = box.malloc_in_sandbox<struct padded>();
    *padded = filled;
    CHECK(box.spilt(padded).copy_and_verify(same) == 0);
    padded->points[1] = padding(point{0, 0});
    padded->wide = 0.0L;
    CHECK(box.spilt(padded).copy_and_verify(same) == 0);
    long double wide[3] = {};
    std::memset(static_cast<void *>(wide), 0xff, sizeof wide);
    wide[0] = wide[1] = wide[2] = 0;
    CHECK(box.spilt_list(box.copy_to_sandbox(wide, 3), 3).copy_and_verify(same) == 0);

#ifdef __x86_64__
    struct padded set = filled;
    set.list[1][0].size = 1, set.points[2].y = 2, set.both.y.d = 3;
    set.any.large = 4, set.wide = 5, set.h = 6;
    bool good = box.refill(set, 1).copy_and_verify([](const struct padded &p) {
        return p.list[1][0].size == 2 && p.points[2].y == 3 && p.both.y.d == 4 &&
               p.any.large == 5 && p.wide == 6 && p.h == 7;
    });
    CHECK(good);
#endif
    return failures;
}

int main()
{
    int failures = resets() + spills();
    sandbox box;
    CHECK(box.add(-5, 3).copy_and_verify(same) == -2);
    CHECK(box.third(1.5f).unverified_safe_because("a test") == 0.5f);
    CHECK(box.half(3.0L).copy_and_verify(same) == 1.5L);
    CHECK(box.is_odd(3).copy_and_verify(same));
    CHECK(box.next(GREEN).copy_and_verify([](unsigned c) { return c == BLUE; }));
    CHECK((box.add(1, 2) + 4 == 7).copy_and_verify(same));
    CHECK(box.mirror(point{1, 2.5}).member(&point::y).copy_and_verify(same) == -2.5);

    tainted<char *> hello = box.copy_to_sandbox("hello");
    CHECK(box.length(hello).copy_and_verify(same) == 5);
    box.free_in_sandbox(hello);
    CHECK(box.name_of(GREEN).copy_and_verify_string([](auto s) { return std::string(s.get()); },
                                                    10) == "green");
    CHECK(box.name_of(static_cast<color>(9)) == nullptr);

    tainted<int *> list = box.malloc_in_sandbox<int>(3);
    for (int i = 0; i < 3; i++)
        list[i] = 3 - i;
    auto compare = box.register_callback<compare_fn>(
        [](sandbox &, tainted<const void *> a, tainted<const void *> b) {
            auto at = [](tainted<const void *> p) {
                return (*lfi::sandbox_reinterpret_cast<const int *>(p)).copy_and_verify(same);
            };
            return at(a) - at(b);
        });
    box.sort(list, 3, compare);
    CHECK(
        list.copy_and_verify_range([](auto l) { return l[0] == 1 && l[1] == 2 && l[2] == 3; }, 3));

    tainted<struct message *> message = box.malloc_in_sandbox<struct message>();
    message->text = box.copy_to_sandbox("text");
    message->room = 0;
    CHECK(box.read_message(message).copy_and_verify(same) == 4);
    auto text = [](auto s) { return std::string(s.get()); };
    CHECK(message->text.get().copy_and_verify_string(text) == "answer");
    /* The same without a copy of the pointer, and behind a pointer to the structure. */
    tainted<struct message **> messages = box.malloc_in_sandbox<struct message *>();
    *messages = message;
    CHECK((*messages)->text.copy_and_verify_string(text) == "answer");
    CHECK(message->text.copy_and_verify_range([](auto s) { return s[5] == 'r'; }, 6));
    CHECK(message->text[1].copy_and_verify(same) == 'n');
    CHECK((*message->text).copy_and_verify(same) == 'a');
    /* Structures in a structure. */
    tainted<struct padded *> outer = box.malloc_in_sandbox<struct padded>();
    outer->points[1]->x = 7;
    CHECK(outer->points[1]->x.copy_and_verify(same) == 7);

    int visits = 0;
    tainted<struct thing *> thing = box.thing_new(42);
    auto sum = box.register_callback<int(const void *, const void *)>(
        [&](sandbox &, tainted<const void *>, tainted<const void *>) -> int {
            visits++;
            throw std::runtime_error("out of a callback");
        });
    try {
        box.sort(list, 3, sum);
        CHECK(!"reached");
    } catch (const std::runtime_error &error) {
        CHECK(std::string(error.what()) == "out of a callback" && visits == 1);
    }
    CHECK(box.thing_value(thing).copy_and_verify(same) == 42);

    try { /* hostile: a pointer out of the box */
        box.evil_string(1).copy_and_verify_string(same);
        CHECK(!"reached");
    } catch (const lfi::box_error &error) {
        CHECK(error.status() == -EFAULT);
    }
    CHECK(box.evil(0).copy_and_verify(same) == 2);
    try {
        box.crash();
        CHECK(!"reached");
    } catch (const lfi::box_error &error) {
        CHECK(std::string(error.what()).find("crash") != std::string::npos);
    }
    return failures != 0;
}
