// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A second opinion on single AArch64 instructions. Whatever the verifier accepts, LLVM must decode,
 * and what LLVM says of it (the registers that it writes, its operands in text) must keep the
 * promises of docs/abi.md by the rules of this file, which knows no encodings.
 *
 * And the other way round: of the instructions that LLVM decodes for Armv8.5-A, the verifier accepts
 * some form of each but for those that are named here.
 *
 *     oracle [WORDS]
 *
 * Tried are random words, and words that have the registers 25, 27, 28, 30 and 31 more often.
 */
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <llvm/ADT/SmallVector.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCFixup.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>

extern "C" {
#include <lfi/abi.h>
#include <lfi/verifier.h>
}

namespace {

constexpr uint64_t code_address = 0x80000000; /* in the middle of the image */
constexpr uint64_t image_end = 0x100000000;

/* ---- LLVM -------------------------------------------------------------------------------------
 */

struct Decoded {
    bool ok;
    bool canonical; /* the assembler makes the same word of it */
    std::string mnemonic, operands;
    std::set<std::string> written; /* x0 ... x30, sp */
};

class Llvm
{
    std::string triple = "aarch64-linux-musl";
    const llvm::Target *target;
    std::unique_ptr<llvm::MCRegisterInfo> registers;
    std::unique_ptr<llvm::MCAsmInfo> asm_info;
    std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
    std::unique_ptr<llvm::MCInstrInfo> instructions;
    std::unique_ptr<llvm::MCContext> context;
    std::unique_ptr<llvm::MCDisassembler> disassembler;
    std::unique_ptr<llvm::MCInstPrinter> printer;
    std::unique_ptr<llvm::MCCodeEmitter> emitter;

    /* The general register that is, or is part of, what this is called; "" for others. */
    std::string general(llvm::MCRegister reg) const
    {
        std::string name = llvm::StringRef(registers->getName(reg)).lower();
        if (name == "sp" || name == "wsp")
            return "sp";
        if (name == "lr")
            return "x30";
        if (name == "fp")
            return "x29";
        if (name == "xzr" || name == "wzr")
            return "";
        if ((name[0] == 'x' || name[0] == 'w') && name.find('_') == std::string::npos)
            return "x" + name.substr(1);
        return "";
    }

    void add_written(Decoded &decoded, llvm::MCRegister reg) const
    {
        /* A pair of casp has its registers as parts. */
        for (llvm::MCPhysReg part : registers->subregs_inclusive(reg))
            if (std::string name = general(part); !name.empty())
                decoded.written.insert(name);
    }

  public:
    Llvm()
    {
        LLVMInitializeAArch64TargetInfo();
        LLVMInitializeAArch64Target();
        LLVMInitializeAArch64TargetMC();
        LLVMInitializeAArch64Disassembler();
        std::string error;
        target = llvm::TargetRegistry::lookupTarget(triple, error);
        registers.reset(target->createMCRegInfo(triple));
        asm_info.reset(target->createMCAsmInfo(*registers, triple, llvm::MCTargetOptions()));
        subtarget.reset(target->createMCSubtargetInfo(
            triple, "", "+v8.5a,+aes,+sha2,+sha3,+sm4,+fullfp16,+fp16fml,+rand,+ccdp,+ssbs"));
        instructions.reset(target->createMCInstrInfo());
        context = std::make_unique<llvm::MCContext>(llvm::Triple(triple), asm_info.get(),
                                                    registers.get(), subtarget.get());
        disassembler.reset(target->createMCDisassembler(*subtarget, *context));
        printer.reset(target->createMCInstPrinter(llvm::Triple(triple), 0, *asm_info, *instructions,
                                                  *registers));
        emitter.reset(target->createMCCodeEmitter(*instructions, *context));
    }

    Decoded decode(uint32_t word) const
    {
        uint8_t bytes[4];
        for (unsigned i = 0; i < 4; i++)
            bytes[i] = (uint8_t)(word >> 8 * i);
        llvm::MCInst inst;
        uint64_t size;
        Decoded decoded;
        decoded.ok = disassembler->getInstruction(inst, size, bytes, 0, llvm::nulls()) ==
                     llvm::MCDisassembler::Success;
        if (!decoded.ok)
            return decoded;
        llvm::SmallVector<char, 4> code;
        llvm::SmallVector<llvm::MCFixup, 4> fixups;
        emitter->encodeInstruction(inst, code, fixups, *subtarget);
        decoded.canonical = memcmp(code.data(), bytes, 4) == 0;
        const llvm::MCInstrDesc &desc = instructions->get(inst.getOpcode());
        for (unsigned i = 0; i < desc.getNumDefs() && i < inst.getNumOperands(); i++)
            if (inst.getOperand(i).isReg())
                add_written(decoded, inst.getOperand(i).getReg());
        for (llvm::MCPhysReg reg : desc.implicit_defs())
            add_written(decoded, reg);
        std::string text;
        llvm::raw_string_ostream stream(text);
        printer->printInst(&inst, 0, "", *subtarget, stream);
        text = text.substr(0, text.find(" // "));
        size_t start = text.find_first_not_of("\t "), end = text.find_first_of("\t ", start);
        decoded.mnemonic = text.substr(start, end - start);
        decoded.operands =
            end == std::string::npos ? "" : text.substr(text.find_first_not_of("\t ", end));
        return decoded;
    }
};

/* ---- the opinion ------------------------------------------------------------------------------
 */

bool matches(const std::string &text, const char *pattern)
{
    static std::map<const char *, std::regex> cache;
    auto found = cache.find(pattern);
    if (found == cache.end())
        found = cache.emplace(pattern, std::regex(pattern, std::regex::optimize)).first;
    return std::regex_match(text, found->second);
}

bool starts(const std::string &text, const char *prefix)
{
    return text.compare(0, strlen(prefix), prefix) == 0;
}

/* By the convention of names: ld... and prf... read, st..., cas... and swp... write. */
bool is_load(const std::string &m)
{
    return starts(m, "ld") || starts(m, "prf");
}

bool is_store(const std::string &m)
{
    bool atomic = matches(m, "ld(add|clr|eor|set|smax|smin|umax|umin)(a|l|al)?(b|h)?");
    return starts(m, "st") || starts(m, "cas") || starts(m, "swp") || atomic;
}

/* What is wrong with it, or null. */
const char *judge_memory(const Decoded &d, unsigned mode, uint64_t address)
{
    bool store = is_store(d.mnemonic), load = is_load(d.mnemonic);
    bool cache = d.mnemonic == "dc" || d.mnemonic == "ic";
    if (cache)
        store = starts(d.operands, "zva");
    if (!store && !load && !cache)
        return d.operands.find('[') != std::string::npos && d.operands.find("], ") == 0
                   ? "memory operand of what?"
                   : nullptr;
    if (mode == LFI_MODE_JUMPS || (mode == LFI_MODE_STORES && !store))
        return nullptr;
    if (cache)
        return matches(d.operands, ".*, x28") ? nullptr : "address is not in x28";
    if (d.operands.find('[') == std::string::npos) {
        size_t at = d.operands.rfind('#');
        if (at == std::string::npos)
            return "no memory operand";
        uint64_t literal = address + strtoull(d.operands.c_str() + at + 1, nullptr, 0);
        return literal < image_end - 16 ? nullptr : "literal outside the image";
    }
    /* The operand is the last pair of brackets; vector elements have some, too. */
    std::string operand = d.operands.substr(d.operands.rfind('['));
    if (matches(operand, "\\[(sp|x28)(, #-?[0-9]+)?\\]") ||
        matches(operand, "\\[sp(, #-?[0-9]+\\]!|\\], #-?[0-9]+)") ||
        matches(operand, "\\[x27, w[0-9zr]+, uxtw\\]"))
        return nullptr;
    if ((d.mnemonic == "ldr" || d.mnemonic == "str") && operand == "[x25, #16]" &&
        d.operands[0] == 'x')
        return nullptr;
    return "memory operand is not confined";
}

const char *judge_stack(const Decoded &d)
{
    if (d.mnemonic == "add" && matches(d.operands, "sp, x27, w[0-9zr]+, uxtw"))
        return nullptr;
    if (d.mnemonic == "mov" && d.operands == "sp, sp")
        return nullptr;
    if (matches(d.mnemonic, "add|sub") && matches(d.operands, "sp, sp, #[0-9]+(, lsl #12)?")) {
        unsigned long n = strtoul(strchr(d.operands.c_str(), '#') + 1, nullptr, 0);
        if (d.operands.find("lsl") != std::string::npos)
            n <<= 12;
        return n <= 65536 ? nullptr : "large step";
    }
    if (!matches(d.operands, ".*\\[sp(, #-?[0-9]+\\]!|\\], #-?[0-9]+)"))
        return "sp is written";
    if (is_store(d.mnemonic))
        return nullptr;
    return is_load(d.mnemonic) && d.operands.find("#-") == std::string::npos
               ? nullptr
               : "a load moves sp down";
}

const char *judge_registers(const Decoded &d, unsigned mode, uint64_t address)
{
    if (d.written.count("x25") || d.written.count("x27"))
        return "x25 or x27 is written";
    if (d.written.count("x28") &&
        !(d.mnemonic == "add" && matches(d.operands, "x28, x27, w[0-9zr]+, uxtw"))) {
        if (d.mnemonic != "adr" && d.mnemonic != "adrp")
            return "x28 is written";
        int64_t value = (int64_t)strtoll(strchr(d.operands.c_str(), '#') + 1, nullptr, 0);
        uint64_t to = (d.mnemonic == "adr" ? address : address & ~(uint64_t)4095) + (uint64_t)value;
        if (to >= image_end)
            return "x28 names something outside the image";
    }
    if (d.written.count("sp") && mode != LFI_MODE_JUMPS)
        return judge_stack(d);
    return nullptr;
}

/* By name; * stands for anything. */
bool is_harmful(const std::string &mnemonic)
{
    return matches(mnemonic, "svc|hvc|smc|hlt|eret.*|drps|dcps.|sysl?|at|tlbi|cfp|dvp|cpp|retaa|"
                             "retab|bl?ra[ab]z?|smst(art|op)");
}

bool is_direct_branch(const std::string &mnemonic)
{
    return matches(mnemonic, "bl?|b\\..*|cbn?z|tbn?z");
}

bool in_lower_case_matches(std::string text, const char *pattern)
{
    for (char &c : text)
        c = (char)tolower(c);
    return matches(text, pattern);
}

const char *judge_control(const Decoded &d, uint64_t address)
{
    const size_t comma = d.operands.find(", ");
    if (is_harmful(d.mnemonic))
        return "harmful";
    if (d.mnemonic == "br" || d.mnemonic == "blr")
        return d.operands == "x28" || d.operands == "x30" ? nullptr : "indirect branch";
    if (d.mnemonic == "ret")
        return d.operands == "" || d.operands == "x28" ? nullptr : "indirect branch";
    if (is_direct_branch(d.mnemonic)) {
        uint64_t to = address + strtoull(d.operands.c_str() + d.operands.rfind('#') + 1, nullptr, 0);
        return to < image_end && to % 4 == 0 ? nullptr : "branch outside the image";
    }
    if (d.mnemonic == "mrs")
        return in_lower_case_matches(d.operands.substr(comma + 2),
                                     "nzcv|dit|ssbs|fpcr|fpsr|ctr_el0|dczid_el0|cnt(frq|vct)_el0|"
                                     "rndr|rndrrs|(mid|mpid|revid)r_el1|id_.*_el1|"
                                     "s3_0_c0_c[4-7]_[0-7]")
                   ? nullptr
                   : "system register";
    if (d.mnemonic == "msr")
        return in_lower_case_matches(d.operands.substr(0, comma), "nzcv|dit|ssbs|fpcr|fpsr")
                   ? nullptr
                   : "system register";
    return nullptr;
}

/*
 * In `jumps` mode, where memory and sp are free: what may be refused although it touches no register
 * with a promise. The rest of what LLVM decodes for Armv8.5-A has to be accepted.
 */
bool may_be_refused(const Decoded &d, uint64_t address)
{
    const std::string text = d.mnemonic + " " + d.operands;
    return !d.canonical || judge_control(d, address) != nullptr ||
           matches(d.mnemonic, "ldra[ab]|rprfm|hint") ||
           /* CONSTRAINED UNPREDICTABLE: the status is the data or the base, ... */
           matches(text, "stl?x[rp][bh]? w([0-9zr]+), .*[wx]\\1[\\],].*") ||
           /* ... and the base that is written back is the data (also: without write-back). */
           matches(text, "(st|ld)(p|t?r(s?[bhw])?) .*[wx]([0-9]+), .*\\[x\\4[\\],].*") || in_lower_case_matches(text, "(msr|mrs) .*|dc .*|ic .*");
}

/* ---- the test ---------------------------------------------------------------------------------
 */

uint64_t random_state = 88172645463325252;

uint64_t next_random()
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

uint32_t next_word()
{
    static const uint8_t favoured[] = {25, 27, 28, 30, 31, 31, 28, 26};
    uint64_t r = next_random();
    uint32_t word = (uint32_t)(r >> 16);
    static const unsigned fields[] = {0, 5, 10, 16};
    for (unsigned field : fields) {
        if (r & 1)
            word = (word & ~((uint32_t)31 << field)) |
                   (uint32_t)favoured[next_random() >> 7 & 7] << field;
        r >>= 1;
    }
    /* Loads, stores, branches and the system are most of what matters, vectors most of what is. */
    if ((r >> 40 & 3) == 0)
        word = (word & ~(uint32_t)0x0a000000) | 0x08000000;
    if ((r >> 42 & 7) == 0)
        word = (word & 0x003fffff) | 0xd5000000;
    return word;
}

/* Behind each word: what makes x30 and sp whole again, so that each is judged for itself. */
constexpr uint32_t guard_x30 = 0x8b3e437e, guard_sp = 0x8b3f437f;
constexpr unsigned group = 3;

struct Batch {
    std::vector<uint32_t> words;
    std::vector<bool> refused;
    bool foul = false; /* a guard was refused */
};

bool note(void *data, const struct lfi_violation *violation)
{
    Batch *batch = (Batch *)data;
    uint64_t index = (violation->address - code_address) / 4;
    /* The table load is refused at the guard, where the call is missing. */
    if (index % group == 1 && strcmp(violation->rule, "runtime-call") == 0)
        batch->refused[index / group] = true;
    else if (index % group != 0)
        batch->foul = true;
    else
        batch->refused[index / group] = true;
    return true;
}

void verify(Batch &batch, unsigned mode)
{
    std::vector<uint32_t> code;
    for (uint32_t word : batch.words) {
        code.push_back(word);
        code.push_back(guard_x30);
        code.push_back(guard_sp);
    }
    batch.refused.assign(batch.words.size(), false);
    struct lfi_code run = {};
    run.bytes = (const uint8_t *)code.data();
    run.size = code.size() * 4;
    run.address = code_address;
    run.image_start = 0;
    run.image_end = image_end;
    if (lfi_verify_code(LFI_ARCH_AARCH64, mode, &run, note, &batch) == LFI_UNABLE)
        batch.foul = true;
}

} // namespace

int main(int argc, char **argv)
{
    const unsigned long total = argc > 1 ? strtoul(argv[1], nullptr, 0) : 3000000;
    const unsigned batch_size = 1 << 16;
    const Llvm llvm;
    unsigned failed = 0;
    unsigned long accepted = 0;
    for (unsigned long done = 0; done < total; done += batch_size) {
        Batch batch;
        unsigned mode = (unsigned)(done / batch_size % 3);
        for (unsigned i = 0; i < batch_size; i++)
            batch.words.push_back(next_word());
        verify(batch, mode);
        if (batch.foul) {
            failed++;
            printf("FAIL a guard was refused, or no verdict\n");
        }
        for (unsigned i = 0; i < batch_size; i++) {
            Decoded d = llvm.decode(batch.words[i]);
            uint64_t address = code_address + (uint64_t)i * group * 4;
            if (batch.refused[i]) {
                if (mode == LFI_MODE_JUMPS && d.ok && !may_be_refused(d, address) &&
                    !judge_registers(d, mode, address) && failed++ < 50)
                    printf("FAIL %08" PRIx32 " refused: %s %s\n", batch.words[i],
                           d.mnemonic.c_str(), d.operands.c_str());
                continue;
            }
            accepted++;
            const char *wrong = nullptr;
            if (!d.ok)
                wrong = "LLVM cannot decode it";
            if (!wrong)
                wrong = judge_registers(d, mode, address);
            if (!wrong)
                wrong = judge_memory(d, mode, address);
            if (!wrong)
                wrong = judge_control(d, address);
            if (wrong && failed++ < 50)
                printf("FAIL %08" PRIx32 " (mode %u) accepted: %s: %s %s\n", batch.words[i], mode,
                       wrong, d.mnemonic.c_str(), d.operands.c_str());
        }
    }
    printf("%lu words, %lu accepted, %u failed\n", total, accepted, failed);
    return failed != 0;
}
