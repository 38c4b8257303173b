// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reader.h"

#include "x86_64/explain/explain.c"

enum { WORDS = 64 };

struct reader {
    struct verifier verifier;
    uint64_t bits[3][WORDS];
};

struct reader *reader_new(unsigned mode)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader) {
        struct verifier *v = &reader->verifier;
        v->mode = mode;
        v->confine = confined_accesses(mode);
        v->start = reader->bits[0];
        v->inside = reader->bits[1];
        v->target = reader->bits[2];
        lfi_x86_64_index(&v->index);
    }
    return reader;
}

void reader_delete(struct reader *reader)
{
    free(reader);
}

bool reader_accepts(struct reader *reader, const struct lfi_code *code)
{
    struct verifier *v = &reader->verifier;
    size_t words = code->size / 64 + 1;
    if (words > WORDS)
        return lfi_x86_64_explain(v->mode, code, NULL, NULL) == LFI_ACCEPTED;
    for (unsigned i = 0; i < sizeof reader->bits / sizeof *reader->bits; i++)
        memset(reader->bits[i], 0, words * sizeof **reader->bits);
    v->code = code;
    v->pos = 0;
    v->stepped = v->stopped = v->refused = false;
    first_pass(v);
    if (!v->stopped)
        second_pass(v);
    return !v->refused;
}

unsigned reader_length(const struct reader *reader, const uint8_t *bytes, bool *may_head)
{
    struct insn insn;
    lfi_x86_64_decode(&reader->verifier.index, bytes, &insn);
    *may_head = false;
    if (!insn.form || insn.rule != RULE_NONE)
        return 0;
    *may_head = (insn.form->flags & GROUP) != 0 || insn.writes_rsp;
    return insn.length;
}
