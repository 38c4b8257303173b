// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Every calling convention that clang has for C functions of the architecture, with 0 to 16
 * arguments: called directly, by a pointer in memory, and by tail calls of both kinds. LFI's
 * reserved registers hold no argument, and are not saved where a convention, an assembly statement
 * or __builtin_unwind_init() names them.
 */
#include <stdio.h>

/* clang-format off */
#define CC(convention) __attribute__((convention))
#define TAIL(call)     __attribute__((musttail)) return call
#define PLAIN(call)    return zero + call
#define FOR_EACH_COMMON(X) \
    X(c, , TAIL) X(swift, CC(swiftcall), TAIL) X(none, CC(preserve_none), TAIL)
#ifdef __x86_64__
#define FOR_EACH_OTHER(X)                                                                  \
    X(most, CC(preserve_most), TAIL)                                                       \
    X(all, CC(preserve_all), TAIL)                                                         \
    X(async, CC(swiftasynccall), TAIL) X(sysv, CC(sysv_abi), TAIL) X(ms, CC(ms_abi), TAIL) \
        X(vector, CC(vectorcall), TAIL) X(reg, CC(regcall), TAIL) X(ocl, CC(intel_ocl_bicc), TAIL)
#else
/* clang makes no tail calls of vector and ms, and, natively too, wrong ones of most and all, and
 * wrong calls of swiftasynccall without a frame pointer. */
#define FOR_EACH_OTHER(X)             \
    X(most, CC(preserve_most), PLAIN) \
    X(all, CC(preserve_all), PLAIN)   \
    X(vector, CC(aarch64_vector_pcs), PLAIN) X(ms, CC(ms_abi), PLAIN)
#endif
#define FOR_EACH(X) FOR_EACH_COMMON(X) FOR_EACH_OTHER(X)

#define LIST0(X)
#define LIST1(X)  X(1)
#define LIST2(X)  LIST1(X), X(2)
#define LIST3(X)  LIST2(X), X(3)
#define LIST4(X)  LIST3(X), X(4)
#define LIST5(X)  LIST4(X), X(5)
#define LIST6(X)  LIST5(X), X(6)
#define LIST7(X)  LIST6(X), X(7)
#define LIST8(X)  LIST7(X), X(8)
#define LIST9(X)  LIST8(X), X(9)
#define LIST10(X) LIST9(X), X(10)
#define LIST11(X) LIST10(X), X(11)
#define LIST12(X) LIST11(X), X(12)
#define LIST13(X) LIST12(X), X(13)
#define LIST14(X) LIST13(X), X(14)
#define LIST15(X) LIST14(X), X(15)
#define LIST16(X) LIST15(X), X(16)
#define FOR_0_TO_16(X, ...)                                           \
    X(0, void, __VA_ARGS__) X(1, LIST1(P), __VA_ARGS__)               \
    X(2, LIST2(P), __VA_ARGS__) X(3, LIST3(P), __VA_ARGS__)           \
    X(4, LIST4(P), __VA_ARGS__) X(5, LIST5(P), __VA_ARGS__)           \
    X(6, LIST6(P), __VA_ARGS__) X(7, LIST7(P), __VA_ARGS__)           \
    X(8, LIST8(P), __VA_ARGS__) X(9, LIST9(P), __VA_ARGS__)           \
    X(10, LIST10(P), __VA_ARGS__) X(11, LIST11(P), __VA_ARGS__)       \
    X(12, LIST12(P), __VA_ARGS__) X(13, LIST13(P), __VA_ARGS__)       \
    X(14, LIST14(P), __VA_ARGS__) X(15, LIST15(P), __VA_ARGS__)       \
    X(16, LIST16(P), __VA_ARGS__)
/* clang-format on */

/* What the nth argument is: integers, or every third a double and every fifth narrow. */
typedef int narrow;
#define PARAMETER_long(n)  long a##n
#define PARAMETER_mixed(n) TYPE_##n a##n
#define TYPE_1             long
#define TYPE_2             long
#define TYPE_3             double
#define TYPE_4             long
#define TYPE_5             narrow
#define TYPE_6             double
#define TYPE_7             long
#define TYPE_8             long
#define TYPE_9             double
#define TYPE_10            narrow
#define TYPE_11            long
#define TYPE_12            double
#define TYPE_13            long
#define TYPE_14            long
#define TYPE_15            narrow
#define TYPE_16            long
#define NAME(n)            a##n
#define VALUE(n)           (long)a##n
#define GIVEN(n)           zero + n * 1001 /* a constant would go where the argument is used */

static int failures;
static volatile long zero;

__attribute__((noinline)) static long fold(const long *list, unsigned long count)
{
    long sum = 0;
    for (unsigned long i = 0; i < count; i++)
        sum = sum * 31 + list[i];
    return sum;
}

static void check(const char *name, int count, const char *how, long got)
{
    long expected[17] = {7};
    for (int i = 1; i <= count; i++)
        expected[i] = i * 1001;
    if (got == fold(expected, (unsigned long)count + 1))
        return;
    printf("%s, %d arguments, %s: wrong\n", name, count, how);
    failures++;
}

#define DEFINE(n, parameters, name, convention, must)                                     \
    typedef convention long name##_##n##_fn(parameters);                                  \
    __attribute__((noinline)) static convention long name##_##n(parameters)               \
    {                                                                                     \
        const long list[] = {7, LIST##n(VALUE)};                                          \
        return fold(list, sizeof list / sizeof *list);                                    \
    }                                                                                     \
    static name##_##n##_fn *volatile name##_##n##_place = name##_##n;                     \
    __attribute__((noinline)) static convention long name##_##n##_tail(parameters)        \
    {                                                                                     \
        must(name##_##n(LIST##n(NAME)));                                                  \
    }                                                                                     \
    __attribute__((noinline)) static convention long name##_##n##_tail_place(parameters)  \
    {                                                                                     \
        must(name##_##n##_place(LIST##n(NAME)));                                          \
    }                                                                                     \
    __attribute__((noinline)) static void name##_##n##_try(void)                          \
    {                                                                                     \
        const long kept[] = {zero + 1, zero + 2, zero + 3, zero + 4, zero + 5, zero + 6}; \
        check(#name, n, "directly", name##_##n(LIST##n(GIVEN)));                          \
        check(#name, n, "by memory", name##_##n##_place(LIST##n(GIVEN)));                 \
        check(#name, n, "tail", name##_##n##_tail(LIST##n(GIVEN)));                       \
        check(#name, n, "tail by memory", name##_##n##_tail_place(LIST##n(GIVEN)));       \
        if (kept[0] + kept[1] + kept[2] + kept[3] + kept[4] + kept[5] != 21)              \
            check(#name, n, "what is kept", 0);                                           \
    }
#define TRY(n, parameters, name, convention, must) name##_##n##_try();

#define DEFINE_LONG(name, convention, must)  FOR_0_TO_16(DEFINE, name##_long, convention, must)
#define TRY_LONG(name, convention, must)     FOR_0_TO_16(TRY, name##_long, convention, must)
#define DEFINE_MIXED(name, convention, must) FOR_0_TO_16(DEFINE, name##_mixed, convention, must)
#define TRY_MIXED(name, convention, must)    FOR_0_TO_16(TRY, name##_mixed, convention, must)

#define P PARAMETER_long
FOR_EACH(DEFINE_LONG)
#undef P
#define P PARAMETER_mixed
FOR_EACH(DEFINE_MIXED)

/* Registers of the sandbox in places where others are saved. */
__attribute__((noinline)) static long clobbers(long n)
{
#ifdef __x86_64__
    __asm__ volatile("" ::: "rbx", "r10", "r11", "r12", "r13", "r14", "r15");
#else
    __asm__ volatile("" ::: "x19", "x20", "x24", "x25", "x26", "x27", "x28");
#endif
    return n + 1;
}

__attribute__((noinline)) static long unwinds(long n)
{
    __builtin_unwind_init();
    return clobbers(n) + 1;
}

int main(void)
{
    FOR_EACH(TRY_LONG)
    FOR_EACH(TRY_MIXED)
    long kept = zero + 5;
    if (clobbers(1) != 2 || unwinds(1) != 3 || kept != 5)
        failures++;
    puts(failures ? "failed" : "good");
    return failures != 0;
}
