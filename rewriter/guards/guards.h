// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Guards of an address register, for architectures that have one.
 *
 * A guard is the instruction that makes the address register the box's version of another
 * register, such as `add x28, x27, w0, uxtw`. Accesses then go through the address register. This
 * room finds out where a guard is not needed because the address register already is at a known
 * distance, over branches and loops, and which of several guards to keep.
 *
 *   known.c     what is known of registers while instructions pass
 *   flow.c      the same over branches: the fixed point at labels; how large the code becomes
 *   choose.c    which guard to keep, and which stand before loops
 *   offsets.c   targets that are some instructions away from a label
 *
 * An architecture describes itself with a struct guard_rules, each instruction with a struct
 * flow_insn. The order of calls is that of aarch64/rewrite.c: guards_start(), then, once the text
 * is parsed, guards_prepare(), find_label_offsets(), find_loops(), flow_solve(), then its own
 * rewriting, which calls flow_enter() for each instruction and known_insn_done() for what that did.
 *
 * Only honest programs profit: the verifier checks every access by itself, so a mistake here breaks
 * a program, never the box.
 */
#ifndef REWRITER_GUARDS_H
#define REWRITER_GUARDS_H

#include "../context.h"

#define BIT(reg) (UINT32_C(1) << (reg))

/* ---- what an architecture says ---- */

struct guard_rules {
    uint8_t stack_pointer, frame_pointer; /* numbers of registers, below 32 */
    uint8_t insn_size;                    /* in bytes, of each instruction in the source */
    uint32_t kept;                        /* registers that a function keeps for its caller */
    /* Writes the guard of the register. */
    void (*put_guard)(struct rewriter *r, unsigned reg);
    /* Writes what becomes of statement `index`; nothing but counts r->guards->words if dry. */
    void (*visit)(struct rewriter *r, uint32_t index);
    /* Forgets what the architecture knows of registers by itself: the text starts again. */
    void (*restart)(struct rewriter *r);
    /* The target of this branch has another name now. */
    void (*rename_target)(void *insn, struct span name);
};

enum flow_kind {
    FLOW_NEXT,
    FLOW_TRAP,
    FLOW_JUMP,     /* direct, always taken */
    FLOW_BRANCH,   /* direct, may be taken */
    FLOW_CALL,     /* direct or not */
    FLOW_SYSTEM,   /* a system call */
    FLOW_INDIRECT, /* returns, too */
};

enum move_kind {
    MOVE_NONE,
    MOVE_REGISTER,     /* to = from + step, and nothing else */
    MOVE_BASE,         /* the access adds `step` to its base */
    MOVE_BASE_UNKNOWN, /* or something else */
};

/* What this room must know of an instruction. The architecture's own structure begins with it. */
struct flow_insn {
    struct symbol *target;  /* of a direct branch, or a label that it names otherwise */
    int32_t offset;         /* from `target`, where the source says `LABEL-8` */
    int32_t reach;          /* how far away `target` may be, in bytes; 0: anywhere */
    uint32_t reads, writes; /* general registers, by bits; reads may be too many */
    int64_t step;
    uint8_t to, from;  /* MOVE_REGISTER */
    uint8_t move;      /* enum move_kind */
    uint8_t kind;      /* enum flow_kind */
    uint8_t base;      /* of its access to memory */
    bool wants_guard;  /* that access is cheaper where the address register is a guard of base, */
    bool needs_guard;  /* or not possible otherwise */
    bool guards_other; /* it overwrites the address register for a purpose of its own */
    bool is_address;   /* it only takes the address of its target */
};

static inline bool is_branch(const struct flow_insn *in)
{
    return in->kind >= FLOW_JUMP;
}

/* Does execution never run on after it? */
static inline bool is_flow_end(const struct flow_insn *in)
{
    return in->kind == FLOW_TRAP || in->kind == FLOW_JUMP || in->kind == FLOW_INDIRECT;
}

/* ---- what is known ---- */

/* What is known of registers at one place. */
struct known {
    uint32_t guarded; /* registers that are the address register + delta (lower halves, at least) */
    uint32_t stacked; /* registers that are the stack pointer + stack_delta */
    int32_t delta[32], stack_delta[32];
    struct sum { /* the address in the scratch register */
        enum { SUM_NONE, SUM_NUMBER, SUM_REG } kind;
        uint8_t base, index, shift;
        int64_t value;
    } sum;
};

/* What is known only up to the next label. */
struct local {
    uint32_t paged;    /* registers whose load of a page (adrp) was left out, */
    uint32_t page[32]; /* and the statement that it was */
};

/* What was decided of a statement before. */
enum choice {
    CHOICE_FAR = 1,   /* its target is too far away */
    CHOICE_PAGED = 2, /* a load of a page that is left out */
    CHOICE_NAMED = 4, /* a branch comes here that did not name a label */
};

struct guards {
    const struct guard_rules *rules;
    bool dry;         /* analysing: nothing is written */
    bool live;        /* execution can reach this place, as far as is known */
    bool changed;     /* a label knows less than before */
    uint32_t next;    /* the statement after the last one that was visited */
    unsigned words;   /* instructions written, counted since it was 0 */
    uint8_t *sizes;   /* of what each statement becomes, in instructions */
    uint8_t *choices; /* of each statement: enum choice, by bits */
    uint64_t *places; /* of each statement: how far from the start it is at most, if solved */
    uint8_t *planned; /* the register, plus 1, to guard after the statement; or 0 */
    struct label_state {
        bool reached;
        struct known known;
    } * *labels; /* by statement; NULL where nothing is known */
    struct known known;
    struct local local;
};

void guards_start(struct rewriter *r, const struct guard_rules *rules);
void guards_prepare(struct rewriter *r);

/* known.c */
bool same_sum(const struct sum *a, const struct sum *b);
/* Leaves what both know; true if `into` knows less than before. */
bool known_meet(struct known *into, const struct known *other);
void known_forget(struct guards *g);              /* at a place that any code may reach */
void known_guard(struct guards *g, unsigned reg); /* the address register is a guard of reg */
void known_page(struct guards *g, unsigned reg);  /* or the page that reg stands for */
void known_step(struct guards *g, unsigned reg, int64_t step); /* reg += step */
void known_insn_done(struct guards *g, const struct flow_insn *in);
/* After a call: of a function that keeps the calling convention, or of anything. */
void known_call(struct guards *g, bool ordinary);

/* Makes the address register the guard of reg, unless it is. */
void guard(struct rewriter *r, unsigned reg);

/* flow.c */
/* Do we see every branch to it? */
bool is_local_label(const struct rewriter *r, const struct symbol *symbol);
void flow_enter(struct rewriter *r, uint32_t index); /* passes what lies before this statement */
void flow_branch(struct rewriter *r, const struct flow_insn *in);
void flow_solve(struct rewriter *r);

/* Does the statement end a run of instructions that we know? */
static inline bool is_gap(const struct statement *s)
{
    return s->kind == STATEMENT_RAW ||
           (s->kind == STATEMENT_DIRECTIVE &&
            (is_section_directive(s) || is_data(s) || s->directive == DIRECTIVE_INST));
}

/* choose.c */
/*
 * Is what the address register guards now wanted again before a guard of reg would be? Then the
 * scratch register serves the access at `index`.
 */
bool keep_guard(struct rewriter *r, uint32_t index, unsigned reg);
void find_loops(struct rewriter *r);

/* offsets.c */
/* Reads `LABEL-8`; false if it is not that. */
bool read_label_offset(struct rewriter *r, struct span text, struct flow_insn *in);
void find_label_offsets(struct rewriter *r);

#endif
