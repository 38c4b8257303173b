// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * x86-64: instructions as structure, and what each file here does with them. The forms are those of
 * docs/abi.md; each function's comment names the row.
 *
 *   insns.def, refused.def, insns.c   what is known of each mnemonic
 *   registers.c, operands.c           text to structure
 *   print.c                           structure to text
 *   liveness.c, r11.c                 are the flags, is %r11 still needed?
 *   memory.c, thread.c                operands in memory; %fs
 *   runtime.c                         calls of the runtime
 *   control.c                         branches, calls, returns
 *   stack.c                           writes to %rsp
 *   frame.c                           call frame information for added instructions
 *   string.c                          string instructions
 *   implicit.c                        xlat, bit tests, maskmovdqu, popfq
 *   prefixes.c                        what bytes.c asks
 *   changes.def, changes.c            what changes are called, and why they are made
 *   rewrite.c                         which of them an instruction goes to
 */
#ifndef REWRITER_X86_64_H
#define REWRITER_X86_64_H

#include "../context.h"
#include "../lexer.h"
#include "../parser.h"
#include "../passes.h"

/* A register: its class in the upper, its number in the lower half. */
enum register_class {
    NO_REG,
    REG64,
    REG32,
    REG16,
    REG8,
    REG8_HIGH,
    REG_XMM,
    REG_YMM,
    REG_MM,
    REG_X87,
    REG_SEGMENT,
    REG_SYSTEM, /* control, debug */
    REG_AVX512, /* those that only AVX-512 has; operand.vector is the number */
    REG_SPECIAL,
};
#define REG(class, number) ((class) << 4 | (number))
enum {
    RAX = REG(REG64, 0),
    RCX = REG(REG64, 1),
    RDX = REG(REG64, 2),
    RBX = REG(REG64, 3),
    RSP = REG(REG64, 4),
    RBP = REG(REG64, 5),
    RSI = REG(REG64, 6),
    RDI = REG(REG64, 7),
    R11 = REG(REG64, 11),
    EAX = REG(REG32, 0),
    ECX = REG(REG32, 1),
    EBX = REG(REG32, 3),
    ESP = REG(REG32, 4),
    R11D = REG(REG32, 11),
    AL = REG(REG8, 0),
    CL = REG(REG8, 1),
    SEG_ES = REG(REG_SEGMENT, 0),
    SEG_CS,
    SEG_SS,
    SEG_DS,
    SEG_FS,
    SEG_GS,
    RIP = REG(REG_SPECIAL, 0),
    EIP,
    RIZ,
    EIZ,
};
static inline unsigned reg_class(uint8_t reg)
{
    return reg >> 4;
}
static inline bool is_gpr(uint8_t reg)
{
    return reg_class(reg) >= REG64 && reg_class(reg) <= REG8_HIGH;
}
/* Is it the general register `number`, at any width? */
static inline bool is_gpr_number(uint8_t reg, unsigned number)
{
    return is_gpr(reg) && reg_class(reg) != REG8_HIGH && (reg & 15u) == number;
}
#define NUMBER_RSP 4
#define NUMBER_R11 11
static inline uint8_t reg_as(uint8_t reg, unsigned class)
{
    return (uint8_t)REG(class, reg & 15u);
}

enum operand_kind { OPERAND_REG, OPERAND_IMM, OPERAND_MEM, OPERAND_TARGET, OPERAND_ROUNDING };

struct operand {
    uint8_t kind;
    uint8_t reg;                /* OPERAND_REG */
    uint8_t segment;            /* the rest: OPERAND_MEM */
    uint8_t base, index, scale; /* scale is 0 where none was written */
    uint8_t vector;             /* reg or index, if it is REG_AVX512: vector_number() */
    bool star;                  /* `*`: the target of an indirect branch */
    bool literal;               /* text is the number `value`; an empty text is 0 */
    int64_t value;
    struct span text;       /* displacement, immediate (without `$`), direct target, `{rn-sae}` */
    struct span decoration; /* `{%k1} {z}`, `{1to16}` */
};

enum access { ACCESS_NONE, ACCESS_LEA, ACCESS_READ, ACCESS_WRITE, ACCESS_MODIFY, ACCESS_BOTH };
enum flags { FLAGS_KEEP, FLAGS_SET, FLAGS_USE, FLAGS_UPDATE, FLAGS_PART, FLAGS_SHIFT };
enum class {
    CLASS_PLAIN,
    CLASS_MASKED,
    CLASS_GATHER,
    CLASS_X87,
    CLASS_MOVABS,
    CLASS_PUSH,
    CLASS_POP,
    CLASS_POPF,
    CLASS_BIT,
    CLASS_XLAT,
    CLASS_MASKMOV,
    CLASS_FLUSH,
    CLASS_JUMP,
    CLASS_BRANCH,
    CLASS_SHORT,
    CLASS_SHORT32,
    CLASS_CALL,
    CLASS_RETURN,
    CLASS_LEAVE,
    CLASS_ENTER,
    CLASS_SYSCALL,
    CLASS_CPUID,
    CLASS_NOP,
    CLASS_STOP,
    CLASS_INT,
    CLASS_STRING,
    CLASS_REFUSED,
};

struct insn_info {
    const char *pattern;
    const char *suffixes; /* for refused ones: the message */
    uint8_t access, flags, class;
};

enum {
    PREFIX_LOCK = 1,
    PREFIX_REP = 2,
    PREFIX_REPNE = 4,
    PREFIX_DATA16 = 8,
    PREFIX_ADDR32 = 16,
};

/* What occurs anywhere in an instruction's operands: answers most questions early. */
enum {
    NAMES_MEMORY = 1,
    NAMES_RSP = 2,
    NAMES_R11 = 4,
    NAMES_SYSTEM = 8, /* a segment, control or debug register */
};

#define MAX_OPERANDS 5

struct x86_64_insn {
    const struct insn_info *info;
    struct span mnemonic;  /* with its suffix */
    const char *pseudo;    /* {vex}, {evex}, {disp32}, …; NULL for most */
    struct symbol *target; /* of a direct branch */
    uint8_t width;         /* in bytes, from the suffix; 0 without one */
    uint8_t prefixes;
    uint8_t names; /* what occurs in the operands: NAMES_ above */
    uint8_t count;
    struct operand operands[];
};

/* One line of output: a mnemonic, and operands as structure. */
struct line {
    const char *mnemonic;
    uint8_t count;
    struct operand operands[MAX_OPERANDS];
};

struct known_insn {
    struct span name;
    const struct insn_info *info;
    uint8_t width;
};

struct x86_64 {
    struct known_insn *known; /* open addressing */
    uint32_t known_mask;
    struct {
        uint64_t key; /* the name; 0 if the slot is free */
        uint8_t reg;
    } register_slots[256];
    struct short_text register_texts[256]; /* with % */
    bool uses_r11;                         /* the input names it */
    struct r11 *r11;                       /* r11.c; NULL where nothing of the input needs it */
    struct wanted {                        /* liveness.c */
        bool known, flags;
    } at_taken_labels;
    bool unsupported; /* the box does not have the instruction being parsed; it becomes a trap */
    bool below_stack; /* the function that ends at function_end uses the red zone */
    uint32_t function_end;
    uint32_t label_number; /* of labels that we make */
    struct frame {
        bool known; /* inside .cfi_startproc, and frame.c could follow everything so far */
        bool on_stack_pointer;
        int64_t offset; /* of the frame's address from its register */
    } frame, remembered[8];
    unsigned remembered_count;
};

static inline struct x86_64 *x86(struct rewriter *r)
{
    return r->arch_state;
}

/* insns.c */
void known_insns_start(struct rewriter *r);
const struct known_insn *known_insn(struct rewriter *r, struct span name);

/* registers.c */
void registers_start(struct rewriter *r);
uint8_t register_parse(const struct rewriter *r, struct span name); /* without %; NO_REG */
/* The number of a register of REG_AVX512, of masks from FIRST_MASK on, and its name with %. */
enum { FIRST_MASK = 96 };
uint8_t vector_number(struct span name);
void put_vector(struct rewriter *r, uint8_t vector);
bool x86_64_is_register(struct span name);
const char *register_name(uint8_t reg);
unsigned register_width(uint8_t reg); /* of a general register, in bytes; 0 for others */

/* operands.c */
void *x86_64_parse(struct rewriter *r, struct statement *s, struct span text, bool *prefix_only);

bool operand_written(const struct x86_64_insn *in, unsigned i);
/* Is it memory that the instruction accesses (not lea, nop)? */
bool operand_accessed(const struct x86_64_insn *in, unsigned i);

/* print.c */
void put_operand(struct rewriter *r, const struct operand *o);
/* The instruction with these operands, its own prefixes and mnemonic. */
void put_insn(struct rewriter *r, const struct x86_64_insn *in, const struct operand *operands);
/* The statement's own text. */
void put_statement(struct rewriter *r, uint32_t index);
void put_line(struct rewriter *r, const char *text);
/* `.LNAMEnumber:` with a number that x86_64.label_number gave; its use as `op .LNAMEnumber` */
void put_own_label(struct rewriter *r, const char *name, uint32_t number);
void put_branch(struct rewriter *r, const char *op, const char *name, uint32_t number);
/* `op src, dst` and `op dst` */
void put_op2(struct rewriter *r, const char *op, const struct operand *from, uint8_t to);
void put_op_regs(struct rewriter *r, const char *op, uint8_t from, uint8_t to);
void group_begin(struct rewriter *r);
void group_end(struct rewriter *r);
void end_bundle(struct rewriter *r); /* after calls: the postlinker moves the padding */
#define BASE_SLOT "%gs:0x2f020"
_Static_assert(LFI_SLOT_INSIDE(LFI_SLOT_BASE) == 0x2f020, "BASE_SLOT");

/* liveness.c */
bool flags_live_after(struct rewriter *r, uint32_t index);
bool flags_live_before(struct rewriter *r, uint32_t index);
/*
 * Does the code behind a call use flags from before? For errors. Code at a label counts only where
 * the call is known to return.
 */
bool flags_used_behind(struct rewriter *r, uint32_t index);
/* Does it use flags other than the carry? For errors. */
bool rest_of_flags_used_behind(struct rewriter *r, uint32_t index);
/* Does code that an indirect jump may reach begin by using flags? The jump has changed them. */
bool flags_wanted_at_taken_label(struct rewriter *r);

/* r11.c */
void x86_64_prepare(struct rewriter *r);
/* May r11 be clobbered by the instruction, after its operands were read? */
bool r11_is_free(struct rewriter *r, uint32_t index);
/* The same, and reports what needs it if not. */
bool r11_free(struct rewriter *r, uint32_t index, const char *what);
/*
 * Must this return leave r11 at KEPT_R11_CALLEE(%rsp)? Then callers find it at KEPT_R11_CALLER: the
 * end of the red zone, which signal handlers keep and where the two functions hardly have data.
 */
bool r11_returned(struct rewriter *r, uint32_t index);
#define KEPT_R11_CALLEE (-120)
#define KEPT_R11_CALLER (KEPT_R11_CALLEE - 8)
/* Is this return a jump to an address that the instruction before it put there? */
bool return_is_jump(const struct rewriter *r, uint32_t index);
/* Is it no jump (`push`, `ret`) to where r11 is wanted? Reports if it is. */
bool r11_free_at_return(struct rewriter *r, uint32_t index);
/*
 * Must r11 be loaded again behind this call? *good is false if it is used there but what is called
 * does not leave it.
 */
bool r11_behind_call(struct rewriter *r, uint32_t index, bool *good);
bool operand_names_r11(const struct operand *o);
static inline bool insn_names_r11(const struct x86_64_insn *in)
{
    return in->names & NAMES_R11;
}

/* memory.c */
/* `N(%rsp)` or `(%rsp)` with a small literal N. */
bool is_near_stack(const struct operand *o);
/* Does it have 32-bit address registers? */
bool is_narrow(const struct operand *o);
/* Makes a memory operand safe for a load or store in the current mode; false after an error. */
bool confine(struct rewriter *r, uint32_t index, struct operand *o, bool written);
/* Confines all operands of a copy of the instruction's; emits what must stand before it. */
bool confine_all(struct rewriter *r, uint32_t index, struct operand *operands);

/* thread.c: %fs */
bool confine_thread(struct rewriter *r, uint32_t index, struct operand *o, bool written);
bool is_thread_pointer(const struct operand *o); /* %fs:0 */

/* runtime.c: a call of the runtime through its table */
void runtime_call(struct rewriter *r, int64_t slot);

/* control.c */
void rewrite_jump(struct rewriter *r, uint32_t index);
void rewrite_call(struct rewriter *r, uint32_t index);
void rewrite_return(struct rewriter *r, uint32_t index);
void rewrite_branch(struct rewriter *r, uint32_t index);
void rewrite_short_branch(struct rewriter *r, uint32_t index);
void rewrite_jecxz(struct rewriter *r, uint32_t index);

/* stack.c */
bool writes_stack_pointer(const struct x86_64_insn *in);
void rewrite_stack_write(struct rewriter *r, uint32_t index);
void rewrite_leave(struct rewriter *r, uint32_t index);
void rewrite_enter(struct rewriter *r, uint32_t index);
/* `op from, %esp` as a guarded write; flags as the caller found them. */
void write_rsp(struct rewriter *r, const char *op, const struct operand *from, bool flags_live);

/*
 * frame.c: rows for the points between instructions that we add. A step is what %rsp has been moved
 * by; `index` is the statement that they belong to.
 */
void x86_64_note_cfi(struct rewriter *r, const struct statement *s);
void put_frame_step(struct rewriter *r, int64_t step);
void put_frame_stepped(struct rewriter *r, uint32_t index); /* after the last of them */
void put_frame_popped(struct rewriter *r);                  /* the return address is in %r11 */
void put_frame_returned(struct rewriter *r, uint32_t index);

/* string.c */
void rewrite_string(struct rewriter *r, uint32_t index);

/* implicit.c */
void rewrite_xlat(struct rewriter *r, uint32_t index);
void rewrite_bit(struct rewriter *r, uint32_t index);
void rewrite_cpuid(struct rewriter *r, uint32_t index);
void rewrite_maskmov(struct rewriter *r, uint32_t index);
void rewrite_popf(struct rewriter *r, uint32_t index);

/* prefixes.c: the questions of bytes.c */
bool x86_64_is_prefix_byte(uint8_t byte);
bool x86_64_names_symbol(const void *insn);
bool x86_64_prefixes_are_idle(const void *insn, const uint8_t *prefixes, unsigned count);

/* changes.c */
const struct lfi_rewrite_change *x86_64_change(const struct rewriter *r, uint32_t index);

/* rewrite.c */
void x86_64_rewrite(struct rewriter *r, uint32_t index);

#endif
