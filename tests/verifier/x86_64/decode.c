// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Instructions one a line: bytes, and how the decoder reads them ("" if it refuses them). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/explain/decode.h"

static const struct {
    const char *bytes, *text;
} cases[] = {
    {"90", "xchg %eax"},
    {"66 90", "xchg %ax"},
    {"f3 90", "pause"},
    {"55", "push %rbp"},
    {"41 5f", "pop %r15"},
    {"48 89 e5", "mov %rsp, %rbp"},
    {"40 88 e0", "mov %spl, %al"},
    {"88 e0", "mov %ah, %al"},
    {"44 88 c7", "mov %r8b, %dil"},
    {"65 67 8b 84 99 10 00 00 00", "mov %gs:0x10(%ecx,%ebx,4), %eax"},
    {"65 67 4b 8d 04 20", ""},
    {"4b 8d 04 20", "lea (%r8,%r12,1), %rax"},
    {"48 8b 05 f0 ff ff ff", "mov -0x10(%rip), %rax"},
    {"8b 04 25 00 10 00 00", "mov 0x1000, %eax"},
    {"65 48 8b 04 25 20 f0 02 00", "mov %gs:0x2f020, %rax"},
    {"48 b8 08 07 06 05 04 03 02 01", "mov $72623859790382856, %rax"},
    {"66 b8 ff ff", "mov $-1, %ax"},
    {"65 67 a1 ff ff ff ff", "mov %gs:0xffffffff"},
    {"a1 01 00 00 00 00 00 00 80", "mov -0x7fffffffffffffff"},
    {"0f 85 00 01 00 00", "jcc .+262"},
    {"75 fe", "jcc .+0"},
    {"e8 fb ff ff ff", "call .+0"},
    {"f0 65 67 0f b1 0f", "lock cmpxchg %ecx, %gs:(%edi)"},
    {"f3 48 a5", "rep movs"},
    {"66 0f 6f 04 24", "movdqa (%rsp), %v0"},
    {"c5 fd 6f 04 24", "vmovdqa (%rsp), %v0"},
    {"c4 e2 7d 18 04 24", "vbroadcastss (%rsp), %v0"},
    {"c4 e2 f8 f2 c1", "andn %rcx, %rax, %rax"},
    {"65 67 c4 e2 6d 90 04 88", "vpgatherdd %gs:(%eax,%v1,4), %v2, %v0"},
    {"d9 e8", "fld1"},
    {"66 2e 0f 1f 84 00 00 00 00 00", "nop"},
    {"66 66 66 66 66 66 2e 0f 1f 84 00 00 00 00 00", "nop"},
    {"66 66 90", ""},
    {"2e 90", ""},
    {"48 66 90", ""},
    {"c4 e0 78 28 c1", ""},
    {"c5 f0 28 c1", ""},
    {"62 f1 7c 48 28 c1", "vmovaps %v1, %v0"},
    {"65 67 62 f2 7d 49 a0 54 88 02", "vpscatterdd %v2, %gs:0x8(%eax,%v1,4) {%k1}"},
    {"65 67 62 f2 7d 41 90 54 88 02", "vpgatherdd %gs:0x8(%eax,%v17,4), %v2 {%k1}"},
    {"62 71 6d d9 fe 5c 24 ff", "vpaddd -0x4(%rsp){1to}, %v2, %v11 {%k1} {z}"},
    {"62 71 6c 49 58 5c 24 ff", "vaddps -0x40(%rsp), %v2, %v11 {%k1}"},
    {"62 f1 6c 78 58 c1", "vaddps %v1{er}, %v2, %v0"},
    {"62 f2 7d 49 63 44 24 ff", "vpcompressb %v0, -0x1(%rsp) {%k1}"},
    {"c5 fb 93 c1", "kmovd %k1, %eax"},
    {"c4 e1 fb 92 c8", "kmovq %rax, %k1"},
    /* EVEX: what must be set or clear; masks, zeroing, lengths, registers */
    {"62 f9 7c 48 28 c1", ""},
    {"62 f1 78 48 28 c1", ""},
    {"62 f1 7c 68 28 c1", ""},
    {"62 f1 7c 58 28 c1", ""},
    {"62 f1 7c c8 28 c1", ""},
    {"62 f1 7c 40 28 c1", ""},
    {"62 f1 74 48 28 c1", ""},
    {"62 f1 7c c9 29 04 24", ""},
    {"62 f1 7c 49 2b 04 24", ""},
    {"62 e1 7f 08 2d c1", ""},
    {"62 b1 7d 08 7e c1", ""},
    {"62 71 6d 48 74 c1", ""},
    {"62 e1 6d 48 74 c1", ""},
    {"62 f2 7d 48 90 54 88 02", ""},
    {"62 f2 7d 49 90 4c 88 02", ""},
    {"62 f4 7c 08 01 c1", ""},
    {"c5 7b 92 c8", ""},
    {"c4 c1 7b 93 c1", ""},
    {"0f 01 f8", ""},
};

static unsigned parse(const char *text, uint8_t *bytes)
{
    unsigned n = 0, value;
    int used;
    for (; sscanf(text, "%x%n", &value, &used) == 1; text += used)
        bytes[n++] = (uint8_t)value;
    return n;
}

static void decodes(void **state)
{
    struct form_index *index = *state;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[DECODE_WINDOW] = {0};
        unsigned length = parse(cases[i].bytes, bytes);
        struct insn insn;
        char text[64];
        lfi_x86_64_decode(index, bytes, &insn);
        if (cases[i].text[0] == 0) {
            if (insn.rule == RULE_NONE)
                fail_msg("%s is accepted", cases[i].bytes);
            continue;
        }
        lfi_x86_64_text(&insn, text, sizeof text);
        if (insn.rule != RULE_NONE || insn.length != length || strcmp(text, cases[i].text) != 0)
            fail_msg("%s: \"%s\", length %u, rule %u", cases[i].bytes, text, insn.length,
                     insn.rule);
    }
}

/* A text that does not fit is cut, not written beyond its end. */
static void cuts_text(void **state)
{
    struct form_index *index = *state;
    uint8_t bytes[DECODE_WINDOW];
    struct insn insn;
    parse("65 67 c4 e2 6d 90 84 88 44 33 22 11", bytes);
    lfi_x86_64_decode(index, bytes, &insn);
    assert_int_equal(insn.rule, RULE_NONE);
    for (unsigned size = 1; size < 40; size++) {
        char text[41];
        memset(text, '#', sizeof text);
        lfi_x86_64_text(&insn, text, size);
        assert_true(strlen(text) < size);
        assert_int_equal(text[size], '#');
    }
}

/* No opcode has a line that never can match because of the ones before it. */
static void every_line_counts(void **state)
{
    struct form_index *index = *state;
    static bool reached[4096];
    assert_true(lfi_x86_64_form_count < sizeof reached);
    for (unsigned op = 0; op < OPCODE_COUNT; op++)
        for (unsigned key = 0; key < 0x4000; key++) {
            unsigned slot = form_slot(index, op, key & 63);
            for (unsigned i = index->start[slot]; i < index->start[slot + 1]; i++) {
                const struct form *f = &lfi_x86_64_forms[index->ids[i]];
                if (((key ^ f->value) & f->mask) == 0) {
                    reached[index->ids[i]] = true;
                    break;
                }
            }
        }
    for (unsigned i = 0; i < lfi_x86_64_form_count; i++)
        if (!reached[i])
            fail_msg("form %u (%s, opcode %02x) is hidden", i, lfi_x86_64_forms[i].name,
                     lfi_x86_64_forms[i].first);
}

static void index_fits(void **state)
{
    struct form_index *index = *state;
    unsigned slots = sizeof index->start / sizeof *index->start;
    assert_true(index->start[slots - 1] < sizeof index->ids / sizeof *index->ids);
    for (unsigned op = 0; op < OPCODE_COUNT; op++)
        assert_true(index->extended[op] <= MAX_EXTENDED);
}

static int setup(void **state)
{
    static struct form_index index;
    lfi_x86_64_index(&index);
    *state = &index;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(cuts_text),
        cmocka_unit_test(every_line_counts),
        cmocka_unit_test(index_fits),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
