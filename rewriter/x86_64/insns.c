// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Expands the patterns of insns.def into a hash table of mnemonics. */
#include "x86_64.h"

#define CC "{o,no,b,c,nae,nb,nc,ae,e,z,ne,nz,be,na,nbe,a,s,ns,p,pe,np,po,l,nge,nl,ge,le,ng,nle,g}"

static const struct insn_info table[] = {
#define X(pattern, suffixes, access, flags, class) \
    {pattern, suffixes, ACCESS_##access, FLAGS_##flags, CLASS_##class},
#include "insns.def"
#undef X
#define X(pattern, message) {pattern, message, ACCESS_NONE, FLAGS_KEEP, CLASS_REFUSED},
#include "refused.def"
#undef X
};

#define CAPACITY 16384 /* about three times what the table expands to */

static void add(struct rewriter *r, struct span name, const struct insn_info *info, unsigned width)
{
    struct x86_64 *x = x86(r);
    uint32_t slot = span_hash(name) & x->known_mask;
    for (; x->known[slot].info; slot = (slot + 1) & x->known_mask) {
        struct span other = x->known[slot].name;
        if (other.size == name.size && memcmp(other.at, name.at, name.size) == 0)
            return; /* the first row that gives a name wins */
    }
    char *copy = arena_alloc(&r->arena, name.size);
    memcpy(copy, name.at, name.size);
    x->known[slot].name = (struct span){copy, name.size};
    x->known[slot].info = info;
    x->known[slot].width = (uint8_t)width;
}

static void add_with_suffixes(struct rewriter *r, char *name, uint32_t size,
                              const struct insn_info *info)
{
    add(r, (struct span){name, size}, info, 0);
    if (info->class == CLASS_REFUSED)
        return;
    for (const char *s = info->suffixes; *s; s++) {
        name[size] = *s;
        add(r, (struct span){name, size + 1}, info,
            *s == 'b'   ? 1
            : *s == 'w' ? 2
            : *s == 'l' ? 4
                        : 8);
    }
}

/* The rest of `pattern`, after the `size` characters that `name` already has. */
static void expand(struct rewriter *r, const char *pattern, char *name, uint32_t size,
                   const struct insn_info *info)
{
    while (*pattern && *pattern != '{')
        name[size++] = *pattern++;
    if (!*pattern) {
        add_with_suffixes(r, name, size, info);
        return;
    }
    const char *close = strchr(pattern, '}');
    for (const char *p = pattern + 1; p <= close;) {
        uint32_t n = 0;
        while (p[n] != ',' && p[n] != '}')
            n++;
        memcpy(name + size, p, n);
        expand(r, close + 1, name, size + n, info);
        p += n + 1;
    }
}

void known_insns_start(struct rewriter *r)
{
    struct x86_64 *x = x86(r);
    char name[64];
    x->known = arena_alloc(&r->arena, CAPACITY * sizeof *x->known);
    memset(x->known, 0, CAPACITY * sizeof *x->known);
    x->known_mask = CAPACITY - 1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expand(r, table[i].pattern, name, 0, &table[i]);
}

const struct known_insn *known_insn(struct rewriter *r, struct span name)
{
    const struct x86_64 *x = x86(r);
    for (uint32_t slot = span_hash(name) & x->known_mask; x->known[slot].info;
         slot = (slot + 1) & x->known_mask) {
        struct span known = x->known[slot].name;
        if (known.size == name.size && memcmp(known.at, name.at, name.size) == 0)
            return &x->known[slot];
    }
    return NULL;
}
