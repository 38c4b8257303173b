// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A piece of text that someone else owns. */
#ifndef REWRITER_SPAN_H
#define REWRITER_SPAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *at;
    uint32_t size;
};

static inline bool span_is(struct span s, const char *text)
{
    return strlen(text) == s.size && (s.size == 0 || memcmp(s.at, text, s.size) == 0);
}

static inline bool span_starts(struct span s, const char *text)
{
    size_t n = strlen(text);
    return n <= s.size && (n == 0 || memcmp(s.at, text, n) == 0);
}

static inline bool span_has(struct span s, const char *text)
{
    return s.size > 0 && memmem(s.at, s.size, text, strlen(text)) != NULL;
}

static inline bool is_space(char c)
{
    return (unsigned char)c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\f');
}

static inline struct span span_trim(struct span s)
{
    while (s.size && is_space(*s.at))
        s.at++, s.size--;
    while (s.size && is_space(s.at[s.size - 1]))
        s.size--;
    return s;
}

static inline uint32_t span_hash(struct span s)
{
    uint64_t h = s.size * 0x9e3779b97f4a7c15u;
    const char *p = s.at;
    uint32_t n = s.size;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    uint64_t rest = 0;
    for (uint32_t i = 0; i < n; i++)
        rest = rest << 8 | (unsigned char)p[i];
    h = (h ^ rest) * 0xff51afd7ed558ccdu;
    return (uint32_t)(h >> 32) ^ (uint32_t)h;
}

#endif
