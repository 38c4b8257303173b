// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What is said about functions, their parameters and fields: in annotation files, a line each,
 *
 *     NAME.MEMBER words     # a parameter of a function or callback type, a field of a structure
 *     NAME.return words
 *     NAME words            # the function itself
 *
 * and in headers, as __attribute__((annotate("words"))). docs/lfi-bind.md lists the words.
 */
#ifndef LFI_BIND_WORDS_H
#define LFI_BIND_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum word {
#define WORD(name, ...) WORD_##name,
#include "words.def"
    WORD_COUNT
};

struct words {
    unsigned set;            /* 1 << enum word */
    char *value[WORD_COUNT]; /* of the words that take one, in (): from malloc */
};

static inline bool words_has(const struct words *words, enum word word)
{
    return words && (words->set >> word & 1) != 0;
}

/*
 * Parses "in size_is(n)". False, with a message in `why`, if a word is unknown, lacks what it
 * needs, or contradicts another. To be freed in any case.
 */
bool words_parse(struct words *words, const char *text, char *why, size_t size);
void words_free(struct words *words);

struct annotation {
    char *owner, *member; /* "*" is any owner; member is "" for the owner itself */
    const char *file;
    int line;
    bool used;
    struct words words;
};

struct annotations {
    struct annotation *list;
    size_t count, room;
};

/* Adds those of a file (`-`: standard input). Prints what is wrong with it, and returns false. */
bool annotations_read(struct annotations *annotations, const char *path);

/* The one for a member, by its name or its number from 1 on; NULL if there is none. */
const struct words *annotations_find(struct annotations *annotations, const char *owner,
                                     const char *member, unsigned number);
void annotations_free(struct annotations *annotations);

#endif
