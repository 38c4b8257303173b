// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The words of a line of NASM assembly, as `nasm -E` and `yasm -e` leave it. */
#ifndef LFI_NASM_TOKEN_H
#define LFI_NASM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,     /* `escaped`: written with a $, so neither a register nor a keyword */
    TOKEN_NUMBER,   /* `number` */
    TOKEN_FLOAT,    /* 1.5, 1e6, 0x1.8p3 */
    TOKEN_STRING,   /* `bytes`, `byte_count`: what the string holds */
    TOKEN_BRACES,   /* {k1}, {z}, {1to16}, {rn-sae}, {evex} */
    TOKEN_OPERATOR, /* `op` */
};

/* An operator of several characters: the last in the lowest byte. */
#define OPERATOR2(a, b)    ((a) << 8 | (b))
#define OPERATOR3(a, b, c) ((a) << 16 | (b) << 8 | (c))
#define OPERATOR_HERE      '$'
#define OPERATOR_START     OPERATOR2('$', '$')

struct token {
    enum token_kind kind;
    int op;
    bool escaped;
    const char *at; /* as written; a NAME without its $ */
    size_t size;
    uint64_t number;
    char *bytes; /* in the storage of the line */
    size_t byte_count;
};

struct tokens {
    struct token *list; /* ended by a TOKEN_END */
    size_t count, room;
    char *storage; /* of the bytes of strings: as large as the line */
    size_t storage_size;
    const char *error; /* what is wrong with the line, or NULL */
};

/* Takes a line apart. False without memory, or with `error` set. The tokens point into the line. */
bool tokens_read(struct tokens *tokens, const char *line, size_t size);
void tokens_free(struct tokens *tokens);

bool token_is(const struct token *token, const char *name); /* in any case */
bool token_among(const struct token *token, const char *const names[], size_t count);
bool token_operator(const struct token *token, int op);

#endif
