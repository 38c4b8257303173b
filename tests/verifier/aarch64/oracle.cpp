// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A second opinion on single AArch64 instructions. Whatever the verifier accepts, LLVM must decode,
 * and what LLVM says of it (the registers that it writes, its operands in text) must keep the
 * promises of docs/abi.md by the rules of this file, which knows no encodings.
 *
 * And the other way round: of the instructions that LLVM decodes for Armv8.5-A, the verifier
 * accepts some form of each but for those that are named here.
 *
 *     test-verifier-aarch64-oracle [WORDS]
 *
 * Tried are words of each form in the table with each register that matters in each field, and
 * random words that have these registers more often.
 */
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "llvm.h"

extern "C" {
#include <lfi/abi.h>
#include <lfi/verifier.h>
}

namespace
{

constexpr uint64_t code_address = 0x80000000; /* in the middle of the image */
constexpr uint64_t image_end = 0x100000000;

/* ---- the opinion ---- */

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
        return matches(d.operands, ".*\\[(x|sp).*") ? "memory operand of what?" : nullptr;
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
        uint64_t to =
            address + strtoull(d.operands.c_str() + d.operands.rfind('#') + 1, nullptr, 0);
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
        return in_lower_case_matches(d.operands.substr(0, comma), "nzcv|dit|fpcr|fpsr")
                   ? nullptr
                   : "system register";
    return nullptr;
}

/*
 * In `jumps` mode, where memory and sp are free: what may be refused although it touches no
 * register with a promise. The rest of what LLVM decodes for Armv8.5-A has to be accepted.
 */
bool may_be_refused(const Decoded &d, uint64_t address)
{
    const std::string text = d.mnemonic + " " + d.operands;
    return !d.canonical || judge_control(d, address) != nullptr ||
           matches(text, "(ldra[ab]|rprfm|hint|esb|tsb).*|ldur x30, \\[x27, .*") ||
           /* CONSTRAINED UNPREDICTABLE: the status is the data or the base, ... */
           matches(text, "stl?x[rp][bh]? w([0-9zr]+), .*[wx]\\1[\\],].*") ||
           /* ... and the base that is written back is the data (also: without write-back). */
           matches(text, "(st|ld)(p|t?r(s?[bhw])?) .*[wx]([0-9]+), .*\\[x\\4[\\],].*") ||
           in_lower_case_matches(text, "(msr|mrs) .*|dc .*|ic .*");
}

/* ---- the test ---- */

uint32_t next_word()
{
    static const uint8_t favoured[] = {25, 27, 28, 30, 31, 31, 28, 26};
    uint64_t r = next_random();
    uint32_t word = (uint32_t)(r >> 16);
    static const unsigned fields[] = {0, 5, 10, 16};
    for (unsigned field : fields) {
        if (r & 1)
            word = (word & ~((uint32_t)31 << field)) | (uint32_t)favoured[next_random() >> 7 & 7]
                                                           << field;
        r >>= 1;
    }
    /* Loads, stores, branches and the system are most of what matters, vectors most of what is. */
    if ((r >> 40 & 3) == 0)
        word = (word & ~(uint32_t)0x0a000000) | 0x08000000;
    if ((r >> 42 & 7) == 0)
        word = (word & 0x003fffff) | 0xd5000000;
    return word;
}

/* The patterns of the table, for words that it was made for. */
const char *const patterns[] = {
#define INSN(pattern, access, kind, flags, name) pattern,
#define DENY(pattern, rule, name)                pattern,
#include "aarch64/insns.def"
#undef INSN
#undef DENY
};

/* A word of the pattern, its other bits at random, with `reg` in the field that begins at `low`. */
uint32_t word_of(const char *pattern, unsigned low, uint32_t reg)
{
    uint32_t word = (uint32_t)(next_random() >> 16);
    word = (word & ~((uint32_t)31 << low)) | reg << low;
    int bit = 31;
    for (const char *p = pattern; *p != 0; p++) {
        if (*p == '0' || *p == '1')
            word = (word & ~((uint32_t)1 << bit)) | (uint32_t)(*p - '0') << bit;
        bit -= *p != ' ';
    }
    return word;
}

/* Each form with each register that matters in each field. */
std::vector<uint32_t> systematic_words()
{
    static const uint8_t registers[] = {1, 25, 26, 27, 28, 30, 31};
    static const uint8_t fields[] = {0, 5, 10, 16};
    std::vector<uint32_t> words;
    for (const char *pattern : patterns)
        for (unsigned low : fields)
            for (uint32_t reg : registers)
                for (unsigned i = 0; i < 8; i++)
                    words.push_back(word_of(pattern, low, reg));
    return words;
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

class Test
{
    const Llvm llvm;
    unsigned failed = 0;
    unsigned long tried = 0, accepted = 0;

    void fail(uint32_t word, unsigned mode, const char *what, const Decoded &d)
    {
        if (failed++ < 50)
            printf("FAIL %08" PRIx32 " (mode %u) %s: %s %s\n", word, mode, what, d.mnemonic.c_str(),
                   d.operands.c_str());
    }

    void judge(uint32_t word, unsigned mode, uint64_t address, bool refused)
    {
        const Decoded d = llvm.decode(word);
        tried++;
        accepted += !refused;
        if (refused) {
            if (mode == LFI_MODE_JUMPS && d.ok && !may_be_refused(d, address) &&
                !judge_registers(d, mode, address))
                fail(word, mode, "refused", d);
            return;
        }
        const char *wrong = d.ok ? judge_registers(d, mode, address) : "LLVM cannot decode it";
        if (!wrong)
            wrong = judge_memory(d, mode, address);
        if (!wrong)
            wrong = judge_control(d, address);
        if (wrong)
            fail(word, mode, wrong, d);
    }

  public:
    void run(const std::vector<uint32_t> &words, unsigned mode)
    {
        Batch batch;
        batch.words = words;
        verify(batch, mode);
        if (batch.foul) {
            failed++;
            printf("FAIL a guard was refused, or there was no verdict\n");
        }
        for (size_t i = 0; i < words.size(); i++)
            judge(words[i], mode, code_address + i * group * 4, batch.refused[i]);
    }

    bool report() const
    {
        printf("%lu words, %lu accepted, %u failed\n", tried, accepted, failed);
        return failed == 0 && accepted > tried / 10;
    }
};

} // namespace

int main(int argc, char **argv)
{
    const unsigned long total = argc > 1 ? strtoul(argv[1], nullptr, 0) : 3000000;
    Test test;
    const std::vector<uint32_t> systematic = systematic_words();
    for (unsigned mode : {LFI_MODE_FULL, LFI_MODE_STORES, LFI_MODE_JUMPS})
        test.run(systematic, mode);
    for (unsigned long done = 0; done < total; done += 1 << 16) {
        std::vector<uint32_t> words(1 << 16);
        for (uint32_t &word : words)
            word = next_word();
        test.run(words, (unsigned)(done >> 16) % 3);
    }
    return test.report() ? 0 : 1;
}
