// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Calls each function of functions.h natively and in a box, and each of them as a callback:
 *     signatures PROGRAM, where addresses.h has the addresses in it.
 */
#include <lfi/lfi.h>
#include <lfi/linux.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FN static __attribute__((noinline))
#include "functions.h"

#include "addresses.h"

static struct lfi_box *box;
static unsigned checks, failures;

static void check(const char *name, u64 want, u64 got)
{
    checks++;
    if (want == got && lfi_gate_exit()->kind == LFI_EXIT_RETURNED)
        return;
    failures++;
    if (failures < 20)
        fprintf(stderr, "%s: natively %llx, in the box %llx, exit %d\n", name,
                (unsigned long long)want, (unsigned long long)got, (int)lfi_gate_exit()->kind);
}

static uint64_t stub_for(lfi_gate_fn *function, lfi_shape shape)
{
    const struct lfi_callback callback = {function, NULL, shape};
    uint64_t address = 0;

    if (lfi_box_callback(box, &callback, &address))
        abort();
    return address;
}

int main(int argc, char **argv)
{
    struct lfi_linux_options options = {0};
    struct lfi_error error = {{0}};
    struct lfi_process *process;
    struct lfi_context *context;
    struct lfi_space *space;
    uint64_t high, bias;

    if (argc != 2)
        return 2;
    if (lfi_faults_install(SIGRTMIN + 3, &error) || lfi_space_new(&space, 1, &error) ||
        lfi_box_new(space, &box, &error) || lfi_linux_new(box, &options, &process, &error) ||
        lfi_linux_load(process, argv[1], &error)) {
        fprintf(stderr, "signatures: %s\n", error.message);
        return 2;
    }
    bias = lfi_linux_bias(process);
    high = lfi_box_base(box) + 0x70000000;
    if (lfi_box_map_return(box, high, &error) || lfi_box_map_stubs(box, high + 0x10000, &error) ||
        lfi_box_map(box, high + 0x100000, 0x100000, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ||
        lfi_context_new(box, NULL, NULL, &context)) {
        fprintf(stderr, "signatures: %s\n", error.message);
        return 2;
    }
    lfi_gate_set_stack(context, high + 0x200000);
    for (size_t i = 0; i < sizeof F / sizeof *F; i++)
        F[i] += bias, B[i] += bias;
    for (size_t i = 0; i < sizeof V / sizeof *V; i++)
        V[i] += bias;
#include "table.c"
    printf("%u calls, %u differ\n", checks, failures);
    return failures != 0;
}
