// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Finds the line of insns.def for a mnemonic. A file uses few, so each is looked up once. */
#include "aarch64.h"

static const struct insn_info table[] = {
#define X(pattern, class, access, writes) \
    {pattern, NULL, CLASS_##class, ACCESS_##access, WRITES_##writes},
#define REFUSED(pattern, message) {pattern, message, CLASS_REFUSED, ACCESS_NONE, WRITES_NONE},
#include "insns.def"
#undef X
#undef REFUSED
};

static const struct insn_info plain = {"", NULL, CLASS_PLAIN, ACCESS_NONE, WRITES_1};

static bool matches(const char *pattern, struct span name)
{
    while (*pattern && *pattern != '{') {
        if (!name.size || *name.at != *pattern)
            return false;
        pattern++, name.at++, name.size--;
    }
    if (!*pattern)
        return name.size == 0;
    const char *close = strchr(pattern, '}');
    for (const char *word = pattern + 1; word <= close;) {
        uint32_t n = (uint32_t)strcspn(word, ",}");
        if (n <= name.size && memcmp(word, name.at, n) == 0 &&
            matches(close + 1, (struct span){name.at + n, name.size - n}))
            return true;
        word += n + 1;
    }
    return false;
}

static const struct insn_info *search(struct span name)
{
    char lower[32];
    if (name.size > sizeof lower)
        return &plain;
    for (uint32_t i = 0; i < name.size; i++)
        lower[i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] + 32 : name.at[i]);
    name.at = lower;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (matches(table[i].pattern, name))
            return &table[i];
    return &plain;
}

const struct insn_info *aarch64_insn_info(struct rewriter *r, struct span name)
{
    struct known_insn *cached = &a64(r)->cache[span_hash(name) % 512];
    if (!cached->info || cached->name.size != name.size ||
        memcmp(cached->name.at, name.at, name.size) != 0)
        *cached = (struct known_insn){name, search(name)};
    return cached->info;
}
