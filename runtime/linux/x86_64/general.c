// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Whether code of the host uses general registers only, for x86-64: all that can be reached from an
 * address is followed. It knows the instructions that compilers make of such code, and gives up at
 * all others, at indirect branches, and at what leads out of the code. Intel's Software
 * Developer's Manual, volume 2, appendix A (opcode maps).
 */
#include "linux/process.h"

#include <stdlib.h>
#include <string.h>

/*
 * What follows an opcode:
 *
 *   -  nothing             m  ModRM             t  ModRM, only one whose /r is 0 or 1, for `f` with
 *   b  8 bits              M  ModRM, 8 bits        a value: TEST
 *   w  16 or 32 bits       W  ModRM, 16 or 32   i  ModRM, whose /r is 0, 1 or 6: INC, DEC, PUSH
 *   q  16, 32 or 64 bits                        s  ModRM, of registers only, /r 5 to 7: fences,
 * RDPID j  8 bits: jumps if    J  8 bits: jumps     T  the byte F9: RDTSCP k  32 bits: jumps if   K
 * 32 bits: jumps    c  32 bits: calls .  the end: RET, UD2, INT3                  (space) not such
 * an instruction
 */
static const char one_byte[] = "mmmmbw  mmmmbw  "   /* 00 */
                               "mmmmbw  mmmmbw  "   /* 10 */
                               "mmmmbw  mmmmbw  "   /* 20 */
                               "mmmmbw  mmmmbw  "   /* 30 */
                               "                "   /* 40: prefixes */
                               "----------------"   /* 50 */
                               "   m    wWbM    "   /* 60 */
                               "jjjjjjjjjjjjjjjj"   /* 70 */
                               "MW Mmmmmmmmm m  "   /* 80 */
                               "----------      "   /* 90: XCHG to CQO */
                               "    --  bw--    "   /* a0 */
                               "bbbbbbbbqqqqqqqq"   /* b0 */
                               "MM .  MW -  .   "   /* c0 */
                               "mmmm            "   /* d0 */
                               "        cK J    "   /* e0 */
                               "      tf      ii";  /* f0 */
static const char two_bytes[] = " T   -     .    "  /* 00: 05 is SYSCALL */
                                "        m     mm"  /* 10: PREFETCH, ENDBR, NOP */
                                "                "  /* 20 */
                                " -              "  /* 30: RDTSC */
                                "mmmmmmmmmmmmmmmm"  /* 40 */
                                "                "  /* 50 */
                                "                "  /* 60 */
                                "                "  /* 70 */
                                "kkkkkkkkkkkkkkkk"  /* 80 */
                                "mmmmmmmmmmmmmmmm"  /* 90 */
                                "   mMm     mMmsm"  /* a0 */
                                "mm m  mm  Mmmmmm"  /* b0 */
                                "mm     s--------"  /* c0 */
                                "                "  /* d0 */
                                "                "  /* e0 */
                                "                "; /* f0 */

struct reader {
    const uint8_t *code;
    size_t size, at;
    bool good; /* no byte beyond the end was asked for */
};

static uint8_t next(struct reader *reader)
{
    reader->good = reader->good && reader->at < reader->size;
    return reader->good ? reader->code[reader->at++] : 0;
}

/* A signed value of that many bytes. */
static int64_t value(struct reader *reader, int bytes)
{
    uint64_t all = 0;
    for (int i = 0; i < bytes; i++)
        all |= (uint64_t)next(reader) << (8 * i);
    return (int64_t)(all << (64 - 8 * bytes)) >> (64 - 8 * bytes);
}

/* Returns the byte; what it says to follow is read, too. */
static uint8_t modrm(struct reader *reader)
{
    uint8_t byte = next(reader), mod = byte >> 6, rm = byte & 7;
    if (mod == 3)
        return byte;
    if (rm == 4 && (next(reader) & 7) == 5 && mod == 0)
        value(reader, 4);
    if (mod == 1)
        value(reader, 1);
    else if (mod == 2 || (mod == 0 && rm == 5))
        value(reader, 4);
    return byte;
}

struct flow {
    bool ends;     /* what follows is not reached from here */
    bool branches; /* to `target`, too */
    uint64_t target;
};

/* Reads one instruction: false if it may be another than those in the tables. */
static bool step(struct reader *reader, struct flow *flow)
{
    bool half = false, wide = false;
    uint8_t opcode = next(reader);
    while (opcode && strchr("\x26\x2e\x36\x3e\x64\x65\x66\xf0\xf2\xf3", opcode)) {
        half = half || opcode == 0x66;
        opcode = next(reader);
    }
    if (opcode >> 4 == 4) { /* REX */
        wide = opcode & 8;
        opcode = next(reader);
    }
    char kind = opcode == 0x0f ? two_bytes[next(reader)] : one_byte[opcode];
    int word = half && !wide ? 2 : 4;
    uint8_t operation = 0;
    if (strchr("mMWtfis", kind))
        operation = modrm(reader);
    int group = operation >> 3 & 7, displacement = 0;
    *flow = (struct flow){0};
    switch (kind) {
    case '-':
    case 'm':
        break;
    case 'b':
    case 'M':
        value(reader, 1);
        break;
    case 'w':
    case 'W':
        value(reader, word);
        if (opcode == 0xc7 && group) /* XBEGIN branches */
            return false;
        break;
    case 'q':
        value(reader, wide ? 8 : word);
        break;
    case 't':
    case 'f':
        if (group <= 1)
            value(reader, kind == 't' ? 1 : word);
        break;
    case 'i':
        return reader->good && (group <= 1 || (group == 6 && opcode == 0xff));
    case 's':
        return reader->good && operation >> 6 == 3 && group >= 5;
    case 'T':
        return next(reader) == 0xf9 && reader->good;
    case 'j':
    case 'J':
        displacement = 1;
        break;
    case 'k':
    case 'K':
    case 'c':
        displacement = 4;
        break;
    case '.':
        flow->ends = true;
        break;
    default:
        return false;
    }
    if (displacement) {
        int64_t distance = value(reader, displacement);
        flow->branches = true;
        flow->target = reader->at + (uint64_t)distance;
        flow->ends = kind == 'J' || kind == 'K';
        if (half)
            return false; /* processors do not agree on its length */
    }
    return reader->good;
}

bool linux_arch_general(const void *code, size_t size, uint64_t entry)
{
    uint64_t waiting[256];
    size_t count = 0;
    uint8_t *seen = calloc(1, size / 8 + 1);
    bool good = seen != NULL;
    waiting[count++] = entry;
    while (good && count) {
        struct reader reader = {code, size, waiting[--count], true};
        struct flow flow = {0};
        while (good && !flow.ends) {
            size_t at = reader.at;
            good = at < size;
            if (!good || seen[at / 8] >> at % 8 & 1)
                break;
            seen[at / 8] |= (uint8_t)(1 << at % 8);
            good = step(&reader, &flow);
            if (good && flow.branches) {
                good = count < sizeof waiting / sizeof *waiting;
                if (good)
                    waiting[count++] = flow.target;
            }
        }
    }
    free(seen);
    return good;
}
