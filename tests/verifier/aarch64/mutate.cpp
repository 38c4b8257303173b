// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Is AArch64 code that the verifier accepts really confined? Short programs are made of pieces that
 * are allowed, some of their bits changed, and what is still accepted is run on a small machine,
 * from every instruction and along every branch, with registers that hold what an attacker likes.
 *
 * The machine knows no encodings and no rules: it executes what LLVM prints, with concrete values,
 * and memory of the box as docs/abi.md lays it out. An access that the box's guards stop ends a
 * run; one that they would not stop, or a branch out of the box but to the entries of the runtime
 * table, is a hole.
 *
 *     test-verifier-aarch64-mutate [PROGRAMS]
 */
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "llvm.h"

extern "C" {
#include <lfi/abi.h>
#include <lfi/verifier.h>
}

namespace
{

constexpr uint64_t code_address = 0x40000, image_start = 0x30000, image_end = 0x80000;
constexpr uint64_t box = 0x700000000000, box_end = box + 0x100000000;
constexpr uint64_t sys_page = 4096;
constexpr uint64_t context_block = 0x123400000000, host_entry = 0x560000001000;
constexpr unsigned program_size = 16;

/* What programs are made of. */
const std::vector<std::vector<uint32_t>> pieces = {
    {0x8b20437c, 0xd61f0380},                         /* add x28, x27, w0, uxtw; br x28 */
    {0x8b2a437c, 0xd63f0380},                         /* add x28, x27, w10, uxtw; blr x28 */
    {0xd65f03c0},                                     /* ret */
    {0xaa1e03fa, 0xf85f837e, 0xd63f03c0, 0x8b3a437e}, /* a runtime call */
    {0xf85e037e, 0xd63f03c0},                         /* ldur x30, [x27, #-32]; blr x30 */
    {0xa8c17bfd, 0x8b3e437e, 0xd65f03c0},             /* ldp x29, x30, [sp], #16; guard; ret */
    {0xa9bf7bfd},                                     /* stp x29, x30, [sp, #-16]! */
    {0xaa0003fe, 0x8b3e437e},                         /* mov x30, x0; guard */
    {0x9100c3fa, 0x8b3a437f},                         /* add x26, sp, #48; add sp, x27, w26, uxtw */
    {0xd10043ff, 0xf90003e0},                         /* sub sp, sp, #16; str x0, [sp] */
    {0xd10043ff, 0xd503201f, 0xa9010be1},             /* sub; nop; stp x1, x2, [sp, #16] */
    {0x910043ff, 0xf94003e0},                         /* add sp, sp, #16; ldr x0, [sp] */
    {0xf84103e0},                                     /* ldur x0, [sp, #16] */
    {0xf84207e0},                                     /* ldr x0, [sp], #32 */
    {0x8b21437c, 0xf9400780},                         /* guard; ldr x0, [x28, #8] */
    {0x8b21437c, 0xf83f0380},                         /* guard; ldadd xzr, x0, [x28] */
    {0xf8614b60},                                     /* ldr x0, [x27, w1, uxtw] */
    {0xf8224b61},                                     /* str x1, [x27, w2, uxtw] */
    {0xf9400b20},                                     /* ldr x0, [x25, #16] */
    {0xf9000b20},                                     /* str x0, [x25, #16] */
    {0x58000080},                                     /* ldr x0, .+16 */
    {0xb000001c, 0xb9400380},                         /* adrp x28, .+0x1000; ldr w0, [x28] */
    {0x14000003},
    {0x97fffffe},
    {0x54000040},
    {0xb4ffffa0},
    {0x37080041}, /* branches */
    {0x8b010000},
    {0xd2800140},
    {0xaa0103e0},
    {0xf240041f},
    {0xd503233f},
    {0xd50323bf},
};

std::vector<uint32_t> make_program()
{
    std::vector<uint32_t> program;
    while (program.size() < program_size) {
        const auto &piece = pieces[next_random() % pieces.size()];
        program.insert(program.end(), piece.begin(), piece.end());
    }
    program.resize(program_size, 0xd503201f);
    for (uint64_t n = next_random() % 4; n > 0; n--) {
        uint32_t &word = program[next_random() % program_size];
        switch (next_random() % 4) {
        case 0: /* another instruction in the way, or one missing */
            word = pieces[next_random() % pieces.size()][0];
            break;
        case 1:
            word = 0xd503201f;
            break;
        default: /* some bits, more often one of those that name registers */
            word ^= (uint32_t)1 << next_random() % 32;
            if (next_random() & 1)
                word ^= (uint32_t)1 << next_random() % 10;
        }
    }
    return program;
}

/* ---- the machine ---- */

enum class Outcome { go_on, stopped, hole };

class Machine
{
    const std::vector<Decoded> &program;
    const unsigned mode;
    std::array<uint64_t, 31> x;
    uint64_t sp, pc;

  public:
    std::string hole;

    Machine(const std::vector<Decoded> &code, unsigned sandboxing_mode, uint64_t start)
        : program(code), mode(sandboxing_mode), pc(start)
    {
        for (uint64_t &reg : x)
            reg = nasty();
        x[25] = context_block;
        x[27] = box;
        x[28] = in_box();
        x[30] = in_box();
        sp = mode == LFI_MODE_JUMPS ? nasty() : in_box();
    }

    void run()
    {
        for (unsigned steps = 0; steps < 24; steps++)
            if (step() != Outcome::go_on)
                return;
    }

  private:
    static uint64_t in_box()
    {
        uint64_t r = next_random();
        switch (r % 5) {
        case 0: /* the edges, where displacements leave the box */
            return box + (r >> 40);
        case 1:
            return box + 0xffffffff - (r >> 48);
        case 2:
            return box + code_address + 4 * (r >> 8) % (4 * program_size);
        default:
            return box + (r >> 32);
        }
    }

    static uint64_t nasty()
    {
        switch (next_random() % 4) {
        case 0:
            return next_random();
        case 1:
            return in_box() ^ (uint64_t)1 << 32;
        case 2:
            return next_random() % 4096;
        default:
            return in_box();
        }
    }

    Outcome escape(const std::string &what)
    {
        hole = what;
        return Outcome::hole;
    }

    /* Can it be read or written? Where it cannot, is that certain? */
    Outcome access(uint64_t address, bool store)
    {
        if (address - context_block == LFI_CONTEXT_TP)
            return Outcome::go_on;
        if (address >= box + LFI_GUARD_SIZE && address < box_end - LFI_GUARD_SIZE)
            return Outcome::go_on;
        if ((address >= box - sys_page && address < box) ||
            (address >= box_end - sys_page && address < box_end))
            return store ? Outcome::stopped : Outcome::go_on;
        /* 64 bytes less: it may be the first byte of several. */
        if (address >= box - LFI_GUARD_SIZE && address < box_end + LFI_GUARD_SIZE - 64)
            return Outcome::stopped;
        if (mode == LFI_MODE_JUMPS || (mode == LFI_MODE_STORES && !store))
            return Outcome::go_on;
        char text[64];
        snprintf(text, sizeof text, "%s of 0x%" PRIx64, store ? "store" : "load", address);
        return escape(text);
    }

    Outcome jump(uint64_t to)
    {
        if (to < box || to >= box_end)
            return escape("branch out of the box");
        /* Anywhere in the program; elsewhere is code of others, which cannot be seen here. */
        uint64_t index = (to - box - code_address) / 4;
        if (to % 4 != 0 || to < box + code_address || index >= program.size())
            return Outcome::stopped;
        pc = index;
        return broken_promise();
    }

    /* What a branch may count on. */
    Outcome broken_promise()
    {
        if (x[30] < box || x[30] >= box_end)
            return escape("x30 is out of the box at a branch");
        if (mode != LFI_MODE_JUMPS && (sp < box || sp >= box_end + 1024))
            return escape("sp is out of the box at a branch");
        return Outcome::go_on;
    }

    std::optional<uint64_t> read(const std::string &reg) const
    {
        if (reg == "sp" || reg == "wsp")
            return sp;
        if (reg == "xzr" || reg == "wzr")
            return 0;
        if ((reg[0] == 'x' || reg[0] == 'w') && reg.size() > 1 && isdigit((unsigned char)reg[1])) {
            uint64_t value = x[strtoul(reg.c_str() + 1, nullptr, 10)];
            return reg[0] == 'w' ? (uint32_t)value : value;
        }
        return std::nullopt;
    }

    void write(const std::string &reg, uint64_t value)
    {
        if (reg == "sp")
            sp = value;
        else if (reg == "wsp")
            sp = (uint32_t)value;
        else if (reg == "xzr" || reg == "wzr")
            return;
        else if (reg[0] == 'x' || reg[0] == 'w')
            x[strtoul(reg.c_str() + 1, nullptr, 10)] = reg[0] == 'w' ? (uint32_t)value : value;
    }

    static std::vector<std::string> split(const std::string &operands)
    {
        std::vector<std::string> parts;
        size_t at = 0;
        while (at < operands.size()) {
            size_t end = operands.find(", ", at);
            if (end == std::string::npos)
                end = operands.size();
            parts.push_back(operands.substr(at, end - at));
            at = end + 2;
        }
        return parts;
    }

    static int64_t immediate(const std::string &text)
    {
        size_t at = text.find('#');
        return at == std::string::npos ? 0 : (int64_t)strtoll(text.c_str() + at + 1, nullptr, 0);
    }

    /* Other values for all that it writes: nothing is known of them. */
    void clobber(const Decoded &d)
    {
        for (const std::string &reg : d.written)
            write(reg, nasty());
    }

    /* "..., [base, offset]", which "!" or ", offset" may follow. */
    Outcome memory(const Decoded &d, bool store)
    {
        size_t open = d.operands.rfind('['), close = d.operands.find(']', open);
        std::vector<std::string> inner = split(d.operands.substr(open + 1, close - open - 1));
        std::string after = d.operands.substr(close + 1);
        std::optional<uint64_t> base = read(inner[0]);
        if (!base)
            return Outcome::stopped;
        uint64_t offset = 0;
        if (inner.size() > 1 && inner[1][0] == '#') {
            offset = (uint64_t)immediate(inner[1]);
        } else if (inner.size() > 1) {
            offset = *read(inner[1]);
            if (inner.size() > 2 && inner[2][0] == 's' && inner[2][3] == 'w')
                offset = (uint64_t)(int32_t)offset;
            offset <<= inner.size() > 2 ? immediate(inner[2]) : 0;
        }
        Outcome outcome = access(*base + offset, store);
        if (outcome != Outcome::go_on)
            return outcome;
        clobber(d);
        if (after == "!")
            write(inner[0], *base + offset);
        else if (after.size() > 2 && after[2] == '#')
            write(inner[0], *base + (uint64_t)immediate(after));
        else if (after.size() > 2)
            write(inner[0], *base + read(after.substr(2)).value_or(0));
        if (d.mnemonic == "ldur" && inner[0] == "x27" && d.operands[0] == 'x')
            write(d.operands.substr(0, d.operands.find(',')), host_entry);
        return Outcome::go_on;
    }

    Outcome add_or_sub(const Decoded &d)
    {
        std::vector<std::string> parts = split(d.operands);
        if (parts.size() < 3 || !read(parts[0]) || !read(parts[1]))
            return clobber(d), Outcome::go_on;
        uint64_t value;
        int64_t amount = parts.size() > 3 ? immediate(parts[3]) : 0;
        if (parts[2][0] == '#') {
            value = (uint64_t)immediate(parts[2]) << amount;
        } else {
            std::string how = parts.size() > 3 ? parts[3].substr(0, 4) : "lsl ";
            value = read(parts[2]).value_or(0);
            if (how == "sxtw")
                value = (uint64_t)(int32_t)value << amount;
            else if (how == "uxtw" || how == "uxtx" || how == "lsl ")
                value <<= amount;
            else
                return clobber(d), Outcome::go_on;
        }
        uint64_t first = *read(parts[1]);
        write(parts[0], d.mnemonic == "add" ? first + value : first - value);
        return Outcome::go_on;
    }

    Outcome move(const Decoded &d)
    {
        std::vector<std::string> parts = split(d.operands);
        if (parts[0][0] != 'v')
            write(parts[0], parts[1][0] == '#' ? (uint64_t)immediate(parts[1])
                                               : read(parts[1]).value_or(next_random()));
        return Outcome::go_on;
    }

    Outcome address_of(const Decoded &d)
    {
        uint64_t here = box + code_address + 4 * pc;
        if (d.mnemonic == "adrp")
            here &= ~(uint64_t)4095;
        write(d.operands.substr(0, d.operands.find(',')), here + (uint64_t)immediate(d.operands));
        return Outcome::go_on;
    }

    static bool starts(const std::string &text, const char *with)
    {
        return text.compare(0, strlen(with), with) == 0;
    }

    Outcome execute(const Decoded &d)
    {
        const std::string &m = d.mnemonic;
        const uint64_t here = box + code_address + 4 * pc;
        bool taken = next_random() & 1;
        if (m == "b" || m == "bl" || starts(m, "b.") || starts(m, "cb") || starts(m, "tb")) {
            if (m == "bl")
                x[30] = here + 4;
            if (Outcome outcome = broken_promise(); outcome != Outcome::go_on)
                return outcome;
            if (m != "b" && m != "bl" && !taken)
                return Outcome::go_on;
            uint64_t to = here + (uint64_t)immediate(d.operands.substr(d.operands.rfind('#')));
            pc--;
            return jump(to);
        }
        if (m == "br" || m == "blr" || m == "ret") {
            uint64_t to = d.operands.empty() ? x[30] : *read(d.operands);
            if (m == "blr")
                x[30] = here + 4;
            if (m == "blr" && to == host_entry) /* which keeps its registers */
                return broken_promise();
            if (Outcome outcome = broken_promise(); outcome != Outcome::go_on)
                return outcome;
            pc--;
            return jump(to);
        }
        if (m == "svc" || m == "hvc" || m == "smc" || m == "hlt" || m == "eret" || m == "sys")
            return escape(m);
        if (m == "brk" || m == "udf")
            return Outcome::stopped;
        if (m == "dc" || m == "ic") {
            std::vector<std::string> parts = split(d.operands);
            return access(*read(parts[1]), parts[0] == "zva");
        }
        bool store = starts(m, "st") || starts(m, "cas") || starts(m, "swp");
        if (store || starts(m, "ld") || starts(m, "prf")) {
            static const char *const atomics[] = {"ldadd", "ldclr", "ldeor",
                                                  "ldset", "ldsm",  "ldum"};
            for (const char *name : atomics)
                store |= starts(m, name);
            if (d.operands.find('[') != std::string::npos)
                return memory(d, store);
            Outcome outcome = access(here + (uint64_t)immediate(d.operands), store); /* literal */
            clobber(d);
            return outcome;
        }
        if (m == "add" || m == "sub")
            return add_or_sub(d);
        if (m == "mov")
            return move(d);
        if (m == "adr" || m == "adrp")
            return address_of(d);
        clobber(d);
        return Outcome::go_on;
    }

    Outcome step()
    {
        if (pc >= program.size())
            return Outcome::stopped;
        const Decoded &d = program[pc];
        if (!d.ok)
            return escape("what LLVM cannot decode");
        uint64_t base = x[27], context = x[25];
        Outcome outcome = execute(d);
        pc++;
        if (outcome == Outcome::go_on && (x[27] != base || x[25] != context))
            return escape("x25 or x27 changed");
        return outcome;
    }
};

/* ---- the test ---- */

bool is_accepted(const std::vector<uint32_t> &program, unsigned mode)
{
    struct lfi_code code = {};
    code.bytes = (const uint8_t *)program.data();
    code.size = program.size() * 4;
    code.address = code_address;
    code.image_start = image_start;
    code.image_end = image_end;
    return lfi_verify_code(LFI_ARCH_AARCH64, mode, &code, nullptr, nullptr) == LFI_ACCEPTED;
}

/* Runs it from each instruction. Returns what the hole is, or "". */
std::string find_hole(const std::vector<Decoded> &program, unsigned mode)
{
    for (unsigned round = 0; round < 20; round++) {
        for (uint64_t start = 0; start < program.size(); start++) {
            Machine machine(program, mode, start);
            machine.run();
            if (!machine.hole.empty())
                return machine.hole;
        }
    }
    return "";
}

} // namespace

int main(int argc, char **argv)
{
    const unsigned long total = argc > 1 ? strtoul(argv[1], nullptr, 0) : 12000;
    const Llvm llvm;
    unsigned long accepted = 0, refused = 0, unsafe = 0;
    unsigned failed = 0;
    for (unsigned long i = 0; i < total; i++) {
        const unsigned mode = (unsigned)(i % 3);
        std::vector<uint32_t> program = make_program();
        std::vector<Decoded> decoded;
        for (uint32_t word : program)
            decoded.push_back(llvm.decode(word));
        const bool ok = is_accepted(program, mode);
        (ok ? accepted : refused)++;
        if (!ok && i % 8 != 0)
            continue;
        const std::string hole = find_hole(decoded, mode);
        /* Of those that are refused, many must be holes, or the machine sees none. */
        if (!ok) {
            unsafe += !hole.empty();
        } else if (!hole.empty() && failed++ < 10) {
            printf("FAIL (mode %u): %s in\n", mode, hole.c_str());
            for (const Decoded &d : decoded)
                printf("    %s %s\n", d.mnemonic.c_str(), d.operands.c_str());
        }
    }
    printf("%lu programs accepted, %lu refused, of an eighth of which %lu have holes, %u failed\n",
           accepted, refused, unsafe, failed);
    return failed != 0 || accepted < total / 10 || unsafe < refused / 8 / 4;
}
