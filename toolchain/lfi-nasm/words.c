// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What nasm knows by name: registers, prefixes, and instructions that stand alone. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "translate.h"

/* Registers. */

#define EIGHT(p, s, k, from0, from1, from2, from3, from4, from5, from6, from7)      \
    {p from0 s, k}, {p from1 s, k}, {p from2 s, k}, {p from3 s, k}, {p from4 s, k}, \
        {p from5 s, k}, {p from6 s, k},                                             \
    {                                                                               \
        p from7 s, k                                                                \
    }
#define FIRST(p, s, k) EIGHT(p, s, k, "0", "1", "2", "3", "4", "5", "6", "7")
#define NEXT(p, s, k)  EIGHT(p, s, k, "8", "9", "10", "11", "12", "13", "14", "15")
#define ALL(p, k)                                                        \
    FIRST(p, "", k), NEXT(p, "", k),                                     \
        EIGHT(p, "", k, "16", "17", "18", "19", "20", "21", "22", "23"), \
        EIGHT(p, "", k, "24", "25", "26", "27", "28", "29", "30", "31")

static const struct reg named[] = {
    {"al", REG_8},     {"cl", REG_8},     {"dl", REG_8},     {"bl", REG_8},     {"ah", REG_8},
    {"ch", REG_8},     {"dh", REG_8},     {"bh", REG_8},     {"spl", REG_8},    {"bpl", REG_8},
    {"sil", REG_8},    {"dil", REG_8},    {"ax", REG_16},    {"cx", REG_16},    {"dx", REG_16},
    {"bx", REG_16},    {"sp", REG_16},    {"bp", REG_16},    {"si", REG_16},    {"di", REG_16},
    {"eax", REG_32},   {"ecx", REG_32},   {"edx", REG_32},   {"ebx", REG_32},   {"esp", REG_32},
    {"ebp", REG_32},   {"esi", REG_32},   {"edi", REG_32},   {"rax", REG_64},   {"rcx", REG_64},
    {"rdx", REG_64},   {"rbx", REG_64},   {"rsp", REG_64},   {"rbp", REG_64},   {"rsi", REG_64},
    {"rdi", REG_64},   {"cs", REG_OTHER}, {"ds", REG_OTHER}, {"es", REG_OTHER}, {"fs", REG_OTHER},
    {"gs", REG_OTHER}, {"ss", REG_OTHER}};
static const struct reg quads[] = {NEXT("r", "", REG_64)}, doubles[] = {NEXT("r", "d", REG_32)},
                        words[] = {NEXT("r", "w", REG_16)}, bytes[] = {NEXT("r", "b", REG_8)},
                        bytes_l[] = {NEXT("r", "b", REG_8)}, xmm[] = {ALL("xmm", REG_VECTOR)},
                        ymm[] = {ALL("ymm", REG_VECTOR)}, zmm[] = {ALL("zmm", REG_VECTOR)},
                        mm[] = {FIRST("mm", "", REG_MM)}, masks[] = {FIRST("k", "", REG_MASK)},
                        stack[] = {FIRST("st", "", REG_ST)},
                        control[] = {FIRST("cr", "", REG_OTHER), NEXT("cr", "", REG_OTHER)},
                        debug[] = {FIRST("dr", "", REG_OTHER), NEXT("dr", "", REG_OTHER)};

static const struct {
    const char *before, *behind;
    const struct reg *regs;
    unsigned from, count;
} families[] = {{"r", "", quads, 8, 8},  {"r", "d", doubles, 8, 8}, {"r", "w", words, 8, 8},
                {"r", "b", bytes, 8, 8}, {"r", "l", bytes_l, 8, 8}, {"xmm", "", xmm, 0, 32},
                {"ymm", "", ymm, 0, 32}, {"zmm", "", zmm, 0, 32},   {"mm", "", mm, 0, 8},
                {"k", "", masks, 0, 8},  {"st", "", stack, 0, 8},   {"cr", "", control, 0, 16},
                {"dr", "", debug, 0, 16}};

const struct reg *reg_find(const struct token *token)
{
    if (token->kind != TOKEN_NAME || token->size < 2 || token->size > 5)
        return NULL;
    size_t letters = 0, end;
    while (letters < token->size && isalpha((unsigned char)token->at[letters]))
        letters++;
    if (letters == token->size) {
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
            if (token_is(token, named[i].name))
                return &named[i];
        return NULL;
    }
    unsigned number = 0;
    for (end = letters; end < token->size && isdigit((unsigned char)token->at[end]); end++)
        number = number * 10 + (unsigned)(token->at[end] - '0');
    if (token->at[letters] == '0' && end != letters + 1)
        return NULL;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strlen(families[i].before) == letters &&
            strncasecmp(families[i].before, token->at, letters) == 0 &&
            strlen(families[i].behind) == token->size - end &&
            strncasecmp(families[i].behind, token->at + end, token->size - end) == 0 &&
            number >= families[i].from && number < families[i].from + families[i].count)
            return &families[i].regs[number - families[i].from];
    return NULL;
}

/* Words. */

bool is_segment(const struct token *token)
{
    static const char *const names[] = {"cs", "ds", "es", "ss", "fs", "gs"};
    return token_among(token, names, sizeof names / sizeof *names);
}

bool is_prefix(const struct token *token)
{
    static const char *const names[] = {
        "rep", "repe", "repz", "repne", "repnz", "lock",     "bnd",      "nobnd", "a16", "a32",
        "a64", "o16",  "o32",  "o64",   "times", "xacquire", "xrelease", "asp",   "osp", "wait"};
    return token_among(token, names, sizeof names / sizeof *names) || is_segment(token);
}

/* Instructions that may stand alone: on a line of its own any other name is a label. */
bool is_nullary(const struct token *token)
{
    static const char *const names[] = {
        "ret",       "retn",      "nop",         "cld",       "std",         "clc",
        "stc",       "cmc",       "emms",        "femms",     "cpuid",       "xgetbv",
        "xsetbv",    "rdtsc",     "rdtscp",      "rdpmc",     "pause",       "mfence",
        "sfence",    "lfence",    "vzeroupper",  "vzeroall",  "cdq",         "cqo",
        "cbw",       "cwd",       "cwde",        "cdqe",      "ud2",         "ud2a",
        "int3",      "int1",      "icebp",       "leave",     "enter",       "lahf",
        "sahf",      "pushf",     "pushfq",      "popf",      "popfq",       "syscall",
        "sysret",    "sysenter",  "sysexit",     "hlt",       "endbr64",     "endbr32",
        "wait",      "fwait",     "fninit",      "finit",     "fnclex",      "fclex",
        "xlatb",     "xlat",      "movsb",       "movsw",     "movsd",       "movsq",
        "stosb",     "stosw",     "stosd",       "stosq",     "lodsb",       "lodsw",
        "lodsd",     "lodsq",     "scasb",       "scasw",     "scasd",       "scasq",
        "cmpsb",     "cmpsw",     "cmpsd",       "cmpsq",     "insb",        "insw",
        "insd",      "outsb",     "outsw",       "outsd",     "cli",         "sti",
        "clts",      "invd",      "wbinvd",      "rdmsr",     "wrmsr",       "rsm",
        "iret",      "iretq",     "iretd",       "retf",      "retfq",       "swapgs",
        "monitor",   "mwait",     "fabs",        "fchs",      "fld1",        "fldz",
        "fldpi",     "fldl2e",    "fldl2t",      "fldlg2",    "fldln2",      "fsqrt",
        "fsin",      "fcos",      "fsincos",     "fptan",     "fpatan",      "f2xm1",
        "fyl2x",     "fyl2xp1",   "fscale",      "frndint",   "fprem",       "fprem1",
        "fxtract",   "fxam",      "ftst",        "fnop",      "fincstp",     "fdecstp",
        "fcompp",    "fucompp",   "fadd",        "faddp",     "fmul",        "fmulp",
        "fsub",      "fsubp",     "fsubr",       "fsubrp",    "fdiv",        "fdivp",
        "fdivr",     "fdivrp",    "fxch",        "fcom",      "fcomp",       "fucom",
        "fucomp",    "salc",      "clac",        "stac",      "xend",        "xtest",
        "encls",     "enclu",     "serialize",   "clui",      "stui",        "testui",
        "uiret",     "monitorx",  "mwaitx",      "clzero",    "tilerelease", "clgi",
        "enclv",     "fcmovb",    "fcmovbe",     "fcmove",    "fcmovnb",     "fcmovnbe",
        "fcmovne",   "fcmovnu",   "fcmovu",      "fcomi",     "fcomip",      "fdisi",
        "feni",      "ffree",     "ffreep",      "fld",       "fndisi",      "fneni",
        "fsetpm",    "fst",       "fstp",        "fucomi",    "fucomip",     "int01",
        "int03",     "invlpga",   "iretw",       "loadall",   "loadall286",  "montmul",
        "pconfig",   "popfw",     "pushfw",      "pvalidate", "rdm",         "rdmsrlist",
        "rdpkru",    "retfd",     "retfw",       "retnq",     "retnw",       "retq",
        "retw",      "rmpadjust", "saveprevssp", "setssbsy",  "smi",         "smint",
        "smintold",  "stgi",      "ud0",         "ud1",       "ud2b",        "vmfunc",
        "vmgexit",   "vmload",    "vmmcall",     "vmrun",     "vmsave",      "wbnoinvd",
        "wrmsrlist", "wrmsrns",   "wrpkru",      "xcryptcbc", "xcryptcfb",   "xcryptctr",
        "xcryptecb", "xcryptofb", "xresldtrk",   "xsha1",     "xsha256",     "xstore",
        "xsusldtrk", "getsec",    "vmcall",      "vmlaunch",  "vmresume",    "vmxoff",
        "skinit",    "pcommit"};
    return token_among(token, names, sizeof names / sizeof *names);
}
