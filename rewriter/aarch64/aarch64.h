// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * AArch64: instructions as structure, and what each file here does with them. The forms are those
 * of docs/abi.md.
 *
 *   insns.def, insns.c         what is known of each mnemonic
 *   registers.c, operands.c    text to structure
 *   print.c                    structure to text
 *   flow.c                     what guards/ must know of an instruction
 *   forms.c                    which forms of address an instruction can have
 *   pages.c                    adrp of pages that only accesses need
 *   memory.c, base.c           operands in memory, and which register they go through
 *   control.c                  branches, calls, returns, runtime calls; x30
 *   stack.c                    writes to sp
 *   system.c                   system registers and instructions, thread-local storage
 *   literal.c                  adr, literals
 *   walk.c                     every way on from an instruction
 *   saved.c                    x25 to x28, saved and brought back
 *   tables.c                   tables of distances to code
 *   frame.c                    call frame information
 *   encoded.c                  .inst and data in code
 *   changes.def, changes.c     what changes are called, and why they are made
 *   rewrite.c                  which of them an instruction goes to
 */
#ifndef REWRITER_AARCH64_H
#define REWRITER_AARCH64_H

#include "../context.h"
#include "../guards/guards.h"
#include "../lexer.h"
#include "../parser.h"

/* Registers by number; 31 is sp, as the base of addresses and in sets of registers. */
enum { SCRATCH = 26, CONTEXT = 25, BASE = 27, ADDRESS = 28, FRAME = 29, LINK = 30, SP = 31 };
#define RESERVED (BIT(CONTEXT) | BIT(SCRATCH) | BIT(BASE) | BIT(ADDRESS))

enum register_class {
    REG_NONE,
    REG_X,
    REG_W, /* number 31 of X and W is sp */
    REG_XZR,
    REG_WZR,
    REG_VECTOR, /* v0, with or without arrangement */
    REG_B,
    REG_H,
    REG_S,
    REG_D,
    REG_Q,
    REG_SVE,
};

enum operand_kind { OPERAND_REG, OPERAND_IMM, OPERAND_OTHER };

struct operand {
    uint8_t kind;
    uint8_t class, reg; /* OPERAND_REG */
    bool literal;       /* OPERAND_IMM: text is the number `value` */
    int64_t value;
    struct span text; /* of an immediate without `#` */
};

enum address_mode {
    ADDRESS_NONE,
    ADDRESS_OFFSET,
    ADDRESS_PRE,
    ADDRESS_POST,
    ADDRESS_LITERAL,
    ADDRESS_POOL,
};
enum offset_kind { OFFSET_NUMBER, OFFSET_TEXT, OFFSET_REG };

/* A memory operand. */
struct address {
    uint8_t mode; /* enum address_mode */
    uint8_t kind; /* enum offset_kind */
    uint8_t base;
    uint8_t index; /* OFFSET_REG; 31 is zr */
    uint8_t shift;
    int64_t value;    /* OFFSET_NUMBER */
    struct span text; /* OFFSET_TEXT, and the text of a literal or pool operand */
};

enum access { ACCESS_NONE, ACCESS_R, ACCESS_W, ACCESS_RW };

/* Which operands, by bits, an instruction writes. */
enum { WRITES_NONE = 0, WRITES_1 = 1, WRITES_2 = 2, WRITES_12 = 3 };

enum class {
    CLASS_PLAIN,
    CLASS_MODIFY, /* reads what it writes */
    CLASS_SINGLE, /* loads and stores: the only ones with a register offset */
    CLASS_PREFETCH,
    CLASS_UNSCALED,
    CLASS_UNPRIVILEGED,
    CLASS_ORDERED, /* with an unscaled displacement */
    CLASS_PAIR,
    CLASS_BARE, /* no displacement: exclusives, atomics, ordered ones */
    CLASS_STRUCTURE,
    CLASS_AUTH_LOAD,
    CLASS_CACHE,
    CLASS_BRANCH,
    CLASS_CONDITIONAL,
    CLASS_COMPARE_BRANCH,
    CLASS_TEST_BRANCH,
    CLASS_CALL,
    CLASS_JUMP_REG,
    CLASS_CALL_REG,
    CLASS_RETURN,
    CLASS_AUTH_JUMP,
    CLASS_AUTH_CALL,
    CLASS_AUTH_RETURN,
    CLASS_SYSCALL,
    CLASS_TRAP,
    CLASS_AUTH_LINK, /* pointer authentication of x30 */
    CLASS_AUTH_17,   /* and of x17 */
    CLASS_HINT,
    CLASS_ADR,
    CLASS_ADRP,
    CLASS_MRS,
    CLASS_MSR,
    CLASS_INST,
    CLASS_REFUSED,
};

struct insn_info {
    const char *pattern;
    const char *message; /* of refused ones */
    uint8_t class, access, writes;
};

#define MAX_OPERANDS 6

struct aarch64_insn {
    struct flow_insn flow; /* `target` is that of a direct branch, adr or literal */
    const struct insn_info *info;
    struct span mnemonic;
    struct span head; /* the operands before the memory operand, with the comma that follows them */
    struct address address;
    struct span text;  /* to write instead of the source's, if it has a size */
    uint32_t restored; /* reserved registers that the source loads here: saved.c */
    uint32_t place; /* of a table that it computes a target from, by its label, plus 1: tables.c */
    bool renamed;   /* the operand that names `target` differs from the source */
    uint8_t count;  /* of operands without the memory operand */
    struct operand operands[];
};

struct aarch64 {
    bool link_open; /* x30 was written and not guarded since */
    struct frame {  /* frame.c */
        bool known, link_saved;
    } frame, remembered[8];
    unsigned remembered_count;
    uint32_t label_number;
    bool restores; /* some instruction has `restored` */
    struct walked {
        uint32_t number, facts;
    } * walked; /* walk.c: which walk came to a statement last, and what it knew there */
    uint32_t walk_number;
    struct known_insn {
        struct span name;
        const struct insn_info *info;
    } cache[512];
};

static inline struct aarch64 *a64(struct rewriter *r)
{
    return r->arch_state;
}

/* insns.c */
const struct insn_info *aarch64_insn_info(struct rewriter *r, struct span name);

/* registers.c */
bool register_read(struct span text, struct operand *o);
bool is_register_name(struct span text); /* to the assembler, as the target of a branch */
static inline bool is_general(const struct operand *o)
{
    return o->kind == OPERAND_REG && (o->class == REG_X || o->class == REG_W);
}

/* operands.c */
void *aarch64_parse(struct rewriter *r, struct statement *s, struct span text, bool *prefix_only);
static inline bool has_address(const struct aarch64_insn *in)
{
    return in->address.mode != ADDRESS_NONE;
}

/* print.c: instructions of output; not written if r->guards->dry, but counted */
void put_op(struct rewriter *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void put_original(struct rewriter *r, const struct statement *s);
/* The instruction with this mnemonic (NULL: its own) and what `format` says as its address. */
void put_access(struct rewriter *r, const struct aarch64_insn *in, const char *mnemonic,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
void put_text(struct rewriter *r, const char *text); /* directives and labels */
void refuse(struct rewriter *r, const struct statement *s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define SPAN(s) (int)(s).size, (s).at

/* flow.c */
void note_flow(struct rewriter *r, struct aarch64_insn *in);

/* forms.c */
bool is_confined(const struct rewriter *r, const struct aarch64_insn *in); /* by the mode */
bool can_displace(const struct aarch64_insn *in, int64_t value);
bool has_register_form(const struct aarch64_insn *in); /* [x27, wN, uxtw] */
bool has_direct_form(
    const struct aarch64_insn *in); /* the same, or an equivalent instruction has it */
/* `ld1 {v0.16b}, [x0]` is `ldr q0, [x0]`: the letter of the register, or 0. */
char one_vector(const struct aarch64_insn *in, unsigned *number);
/* The same for any displacement: ldr for ldur, and of prfm and prfum what can have it. */
const char *plain_mnemonic(const struct aarch64_insn *in, int64_t value, char text[16]);

/* pages.c */
void find_pages(struct rewriter *r);

/* memory.c */
void rewrite_memory(struct rewriter *r, uint32_t index);
void put_step(struct rewriter *r, unsigned reg, int64_t value); /* reg += value */

/* base.c */
/* Writes the access of [reg, #value], or of [reg, #text] if it has a size. */
void put_based(struct rewriter *r, uint32_t index, unsigned reg, int64_t value, struct span text);
void put_indexed(struct rewriter *r, uint32_t index); /* the access of base + index */

/* control.c */
void rewrite_control(struct rewriter *r, uint32_t index);
void close_link(struct rewriter *r); /* guards x30 if it must be */
void note_link_write(struct rewriter *r, uint32_t index);

/* stack.c */
bool confines_stack(const struct rewriter *r);
void rewrite_sp_write(struct rewriter *r, uint32_t index);
void put_stack_step(struct rewriter *r, int64_t value); /* sp += value; nothing need follow */

/* system.c */
void rewrite_system(struct rewriter *r, uint32_t index);
bool rewrite_thread(struct rewriter *r, uint32_t index);
void rewrite_cache(struct rewriter *r, uint32_t index);

/* literal.c */
void rewrite_adr(struct rewriter *r, uint32_t index);
void rewrite_literal(struct rewriter *r, uint32_t index);

/* frame.c */
void aarch64_note_cfi(struct rewriter *r, const struct statement *s);

/* walk.c */
enum way { WAY_ON, WAY_END, WAY_FAILED };
struct walk {
    struct rewriter *r;
    /*
     * Is called for each instruction, again if `facts` are fewer than before: go on behind it, and
     * to where it branches?
     */
    enum way (*visit)(struct walk *w, uint32_t index);
    void *state;
    /* Every way to this instruction comes from the start of the walk, through what lies between. */
    bool straight;
    uint32_t start;
    uint32_t facts; /* by bits: what is so on every way, to be changed by visit() */
    bool failed;
    unsigned count;
    struct {
        uint32_t statement, facts;
    } pending[256];
};
bool walk(struct walk *w, uint32_t from); /* false if any visit failed */
void walk_later(struct walk *w, uint32_t statement);
/* Goes there later; false if that is not code of this file. */
bool walk_also(struct walk *w, const struct symbol *target);

/* saved.c */
bool saves_registers(const struct aarch64_insn *in); /* on the stack, or brings them back */
struct span without_reserved(struct rewriter *r, const struct statement *s,
                             const struct aarch64_insn *in);
void check_saved(struct rewriter *r);

/* tables.c */
void find_tables(struct rewriter *r);
void check_distances(struct rewriter *r); /* once the size of code is known */
void rewrite_place(struct rewriter *r, uint32_t index);

/* changes.c */
const struct lfi_rewrite_change *aarch64_change(const struct rewriter *r, uint32_t index);

/* encoded.c */
const char *aarch64_encoded(struct rewriter *r, const struct statement *s);
bool aarch64_rewrite_data(struct rewriter *r, uint32_t index);

#endif
