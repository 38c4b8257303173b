// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A plugin of QEMU's user-mode emulator: how often each block of guest instructions ran.
 *
 *   qemu-ARCH -plugin blocks.so,out=FILE PROGRAM
 *
 * At the end FILE holds
 *
 *   program START END             the code of the program that QEMU loaded, hexadecimal
 *   before N                      instructions that ran before any other code was met: the
 * loader's, when the program is lfi-run block ADDRESS COUNT WORD...   a block, how often it was
 * entered, its instructions
 *
 * A block has one entry and ends at a branch, a system call, or where QEMU cuts it; so the sum of
 * COUNT times the number of WORDs is the number of instructions that were executed, but for a block
 * that a fault left early. A block that was translated more than once stands there more than once.
 *
 * Debian packages no header for plugins, so what is used of the interface (QEMU's documentation,
 * "QEMU TCG Plugins", version 1 of the interface) is declared here.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { ADD_U64 = 0 }; /* the inline operation */
enum { NO_REGS = 0 }; /* a callback that looks at no registers */

struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_init_cb(uint64_t id, void (*callback)(uint64_t id, unsigned vcpu));
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
                                           void (*callback)(uint64_t id, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(uint64_t id, void (*callback)(uint64_t id, void *), void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int operation,
                                              void *counter, uint64_t addend);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
                                          void (*callback)(unsigned vcpu, void *), int registers,
                                          void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_start_code(void);
uint64_t qemu_plugin_end_code(void);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

struct block {
    struct block *next;
    uint64_t address;
    uint64_t count;
    size_t length;
    uint32_t words[];
};

/* A plugin has no place for state of its own but globals. QEMU translates under a lock. */
static struct block *blocks;
static uint64_t before;
static bool met_other_code;
static unsigned processors;
static FILE *output;

static uint64_t instructions_so_far(void)
{
    uint64_t sum = 0;

    for (const struct block *block = blocks; block; block = block->next)
        sum += block->count * block->length;
    return sum;
}

static void on_processor(uint64_t id, unsigned vcpu)
{
    (void)id;
    (void)vcpu;
    processors++;
}

static void count_one(unsigned vcpu, void *counter)
{
    (void)vcpu;
    __atomic_fetch_add((uint64_t *)counter, 1, __ATOMIC_RELAXED);
}

static void on_translation(uint64_t id, struct qemu_plugin_tb *tb)
{
    size_t length = qemu_plugin_tb_n_insns(tb);
    struct block *block = calloc(1, sizeof(*block) + length * sizeof(block->words[0]));

    (void)id;
    if (!block)
        abort();
    block->address = qemu_plugin_tb_vaddr(tb);
    block->length = length;
    for (size_t i = 0; i < length; i++)
        memcpy(&block->words[i], qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), 4);
    if (!met_other_code &&
        (block->address < qemu_plugin_start_code() || block->address >= qemu_plugin_end_code())) {
        met_other_code = true;
        before = instructions_so_far();
    }
    block->next = blocks;
    blocks = block;
    /* Inline additions are not atomic. QEMU translates everything anew when a second thread starts,
       so only programs with threads pay for that. */
    if (processors > 1)
        qemu_plugin_register_vcpu_tb_exec_cb(tb, count_one, NO_REGS, &block->count);
    else
        qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &block->count, 1);
}

static void on_exit_of_program(uint64_t id, void *data)
{
    (void)id;
    (void)data;
    fprintf(output, "program %" PRIx64 " %" PRIx64 "\n", qemu_plugin_start_code(),
            qemu_plugin_end_code());
    fprintf(output, "before %" PRIu64 "\n", before);
    for (const struct block *block = blocks; block; block = block->next) {
        if (!block->count)
            continue;
        fprintf(output, "block %" PRIx64 " %" PRIu64, block->address, block->count);
        for (size_t i = 0; i < block->length; i++)
            fprintf(output, " %08" PRIx32, block->words[i]);
        fputc('\n', output);
    }
    if (fclose(output) != 0)
        perror("blocks.so: writing the counts");
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "out=", 4) == 0)
            output = fopen(argv[i] + 4, "we");
    if (!output) {
        fputs("blocks.so: out=FILE must name a file that can be written\n", stderr);
        return -1;
    }
    qemu_plugin_register_vcpu_init_cb(id, on_processor);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_program, NULL);
    return 0;
}
