// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Every AArch64 instruction that LLVM's disassembler prints goes through the rewriter in each mode.
 * It is refused, for a reason that is listed here, or what comes out assembles and verifies. What
 * verifies as it is must come out as it is.
 *
 *     test-rewriter-aarch64-oracle [SAMPLES]
 *
 * Tried are up to SAMPLES encodings of each of LLVM's forms, found by chance, with registers that
 * matter more often than others.
 */
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>

#include "assemble.h"

extern "C" {
#include <lfi/abi.h>
#include <lfi/rewriter.h>
#include <lfi/verifier.h>
}

namespace
{

bool matches(const std::string &text, const std::string &pattern)
{
    static std::map<std::string, std::regex> cache;
    auto found = cache.find(pattern);
    if (found == cache.end())
        found = cache.emplace(pattern, std::regex(pattern, std::regex::optimize)).first;
    return std::regex_match(text, found->second);
}

/* ---- what may be refused ----------------------------------------------------------------------
 */

struct Refusal {
    const char *instructions; /* what it may be */
    const char *message;      /* what has to be said */
};

const Refusal refusals[] = {
    {".*\\b[wx]2[5-8]\\b.*", "x2[5-8] is reserved: x25 to x28 belong to the sandbox"},
    {".*\\b[wx]30\\b.*", "x30 holds data across a branch, .*: use another register"},
    {"(hvc|smc|eret.*|drps|dcps[123]|sysl?|tlbi|at|cfp|dvp|cpp) .*",
     "this instruction is for operating systems"},
    {"hlt .*", "hlt is for debuggers, .*: use brk or udf"},
    {"(msr|mrs) .*", "the system register .* is not available in a box.*"},
    {"msr .*", "the system register .* cannot be written in a box.*"},
    {"msr (DIT|dit), #.*", "the system register .* takes 0 and 1"},
    {"hint .*", "this hint is not supported"},
    {"smst(art|op) .*", "SVE and SME are not supported: compile without them"},
    {"rprfm .*", "'rprfm' with an operand in memory is not known here"},
    /* A base that is written back and loaded or stored. */
    {"(st|ld)(p|t?r(s?[bhw])?) .*[wx]([0-9]+), .*\\[x\\4[\\],].*",
     "the processor does not define what happens to x.* here"},
    /* What is never meant: branches to 0, signed pointers in sp. */
    {"bl?ra?[ab]?z? xzr.*", "the operands of .* cannot be read"},
    {"ldra[ab] .*\\[sp.*", "this address is not supported"},
};

bool may_be_refused(const std::string &text, const std::string &message)
{
    for (const Refusal &refusal : refusals)
        if (matches(text, refusal.instructions) && matches(message, refusal.message))
            return true;
    return false;
}

/* ---- the instructions -------------------------------------------------------------------------
 */

struct Sample {
    uint32_t word;
    std::string text; /* the label `here` for what it names */
    bool names_label; /* so its word depends on where it stands */
};

Sample make_sample(uint32_t word, const Decoded &d)
{
    Sample sample = {word, d.mnemonic + " " + d.operands, false};
    const bool names =
        matches(d.mnemonic, "bl?|b\\..*|cbn?z|tbn?z|adrp?") ||
        (matches(d.mnemonic, "ldr(sw)?|prfm") && d.operands.find('[') == std::string::npos);
    if (names) {
        sample.names_label = true;
        sample.text.resize(sample.text.rfind('#'));
        sample.text += "here";
    }
    return sample;
}

/* Some of the registers in its fields become others, more often ones that matter. */
uint32_t with_other_registers(uint32_t word)
{
    static const uint8_t favoured[] = {25, 26, 27, 28, 30, 31, 31, 30};
    static const unsigned fields[] = {0, 5, 10, 16};
    for (unsigned field : fields) {
        const uint64_t r = next_random() >> 8;
        if ((r & 3) > 1)
            continue;
        uint32_t reg = (r & 3) == 0 ? favoured[r >> 2 & 7] : (uint32_t)(r >> 2 & 31);
        word = (word & ~((uint32_t)31 << field)) | reg << field;
    }
    return word;
}

class Samples
{
    const Llvm &llvm;
    const size_t each;
    std::map<unsigned, std::vector<uint32_t>> of_form;

    bool add(uint32_t word)
    {
        const Decoded d = llvm.decode(word);
        if (!d.ok || !d.canonical)
            return false;
        std::vector<uint32_t> &list = of_form[d.opcode];
        if (list.size() < each) {
            list.push_back(word);
            all.push_back(make_sample(word, d));
        }
        return true;
    }

    void assemble(const Assembler &assembler, size_t from, size_t to, std::vector<Sample> &good)
    {
        std::string text = "here:\n", messages;
        for (size_t i = from; i < to; i++)
            text += "\t" + all[i].text + "\n";
        std::vector<uint32_t> words;
        if (assembler.assemble(text, words, messages) && words.size() == to - from) {
            for (size_t i = from; i < to; i++) {
                all[i].word = words[i - from];
                good.push_back(all[i]);
            }
        } else if (to - from > 1) {
            assemble(assembler, from, (from + to) / 2, good);
            assemble(assembler, (from + to) / 2, to, good);
        }
    }

  public:
    std::vector<Sample> all;

    Samples(const Llvm &decoder, size_t samples_each) : llvm(decoder), each(samples_each)
    {
        for (uint32_t top = 0; top < 1 << 11; top++)
            for (unsigned i = 0; i < 6000; i++)
                add(with_other_registers((uint32_t)(next_random() >> 43) | top << 21));
        /* More of those that were seldom met. */
        for (const auto &[form, list] : of_form)
            for (unsigned i = 0; i < 4 * each && list.size() < each; i++)
                add(with_other_registers(list[i % list.size()]));
        /* mrs and msr of every register that has a name, and some that have none */
        for (uint32_t reg = 0; reg < 1 << 15; reg++)
            for (uint32_t word : {0xd5100003 | reg << 5, 0xd5300003 | reg << 5}) {
                const Decoded d = llvm.decode(word);
                if (d.ok && (reg % 32 == 0 || !matches(d.operands, ".*S[0-3]_.*_C.*")))
                    all.push_back(make_sample(word, d));
            }
    }

    /* Keeps what LLVM assembles (not what is unpredictable), and the words that it makes of it. */
    void assemble(const Assembler &assembler)
    {
        std::vector<Sample> good;
        for (size_t at = 0; at < all.size(); at += 256)
            assemble(assembler, at, std::min(at + 256, all.size()), good);
        all = good;
    }

    size_t forms() const
    {
        return of_form.size();
    }
};

/* ---- the test ---------------------------------------------------------------------------------
 */

struct Rewritten {
    enum lfi_rewrite_status status;
    std::string text, messages;
};

bool take_text(void *data, const char *text, size_t size)
{
    ((Rewritten *)data)->text.append(text, size);
    return true;
}

void take_message(void *data, const struct lfi_rewrite_message *message)
{
    ((Rewritten *)data)->messages += message->text;
}

Rewritten rewrite(const std::string &text, unsigned mode)
{
    Rewritten result;
    struct lfi_rewrite_options options = {};
    options.arch = "aarch64";
    options.mode = mode;
    options.sink = take_text;
    options.report = take_message;
    options.sink_data = options.report_data = &result;
    result.status = lfi_rewrite(text.c_str(), text.size(), &options);
    return result;
}

constexpr uint32_t ret = 0xd65f03c0, guard_x30 = 0x8b3e437e, guard_sp = 0x8b3f437f;
constexpr uint32_t marker = 0xd297ddf1; /* mov x17, #0xbeef */

/* Which words of the code break a rule? */
bool note(void *data, const struct lfi_violation *violation)
{
    auto *refused = (std::map<size_t, std::string> *)data;
    refused->emplace(violation->address / 4, std::string(violation->rule) + ": " + violation->text);
    return true;
}

std::map<size_t, std::string> verify(const std::vector<uint32_t> &words, unsigned mode)
{
    std::map<size_t, std::string> refused;
    struct lfi_code code = {};
    code.bytes = (const uint8_t *)words.data();
    code.size = words.size() * 4;
    code.image_end = (uint64_t)1 << 31; /* adrp and the like are not relocated */
    if (lfi_verify_code(LFI_ARCH_AARCH64, mode, &code, note, &refused) == LFI_UNABLE)
        refused.emplace(0, "unable");
    return refused;
}

class Test
{
    const Assembler &assembler;
    unsigned failed = 0;
    unsigned long accepted = 0, refused = 0, unchanged = 0;

    void fail(const std::string &what, unsigned mode, const std::string &detail)
    {
        if (failed++ < 60)
            printf("FAIL %s (mode %u): %s\n", what.c_str(), mode, detail.c_str());
    }

    /* Code may save what it does not use, and bring it back, in which the sandbox's are left out.
     */
    static bool saves(const std::string &text)
    {
        return matches(text, "(st|ld)(r|p\\tx\\d+,|p x\\d+,)[ \\t]x\\d+, \\[sp[^x]*");
    }

    /* Those that are not refused. */
    std::vector<Sample> rewrite_each(const std::vector<Sample> &samples, unsigned mode)
    {
        std::vector<Sample> taken;
        for (const Sample &sample : samples) {
            const Rewritten r = rewrite("here:\t" + sample.text + "\n\tret\n", mode);
            if (r.status == LFI_REWRITE_OK && matches(sample.text, ".*\\b[wx]2[68]\\b.*") &&
                !saves(sample.text))
                fail(sample.text, mode, "uses x26 or x28, which are overwritten at any time");
            else if (r.status == LFI_REWRITE_OK)
                taken.push_back(sample);
            else if (r.status == LFI_REWRITE_EXPAND || !may_be_refused(sample.text, r.messages))
                fail(sample.text, mode, "refused: " + r.messages);
            else
                refused++;
        }
        return taken;
    }

    /* Is the instruction, with a `ret` after it, what the verifier takes? */
    static std::vector<bool> verify_originals(const std::vector<Sample> &samples, unsigned mode)
    {
        constexpr size_t group = 4;
        std::vector<uint32_t> words;
        for (const Sample &sample : samples)
            words.insert(words.end(), {sample.word, ret, guard_x30, guard_sp});
        std::vector<bool> good(samples.size(), true);
        for (const auto &[at, rule] : verify(words, mode))
            good[at / group] = false;
        return good;
    }

    void check(const std::vector<Sample> &samples, unsigned mode)
    {
        std::string text;
        for (size_t i = 0; i < samples.size(); i++) {
            std::string insn = samples[i].text, label = "here" + std::to_string(i);
            if (samples[i].names_label)
                insn.replace(insn.size() - 4, 4, label);
            text += label + ":\tmov x17, #0xbeef\n\t" + insn + "\n\tret\n";
        }
        const Rewritten r = rewrite(text, mode);
        std::vector<uint32_t> words;
        std::string messages;
        if (r.status != LFI_REWRITE_OK)
            return fail("a batch", mode, r.messages);
        if (!assembler.assemble(r.text, words, messages))
            return fail("does not assemble", mode, messages);
        std::vector<size_t> starts;
        for (size_t i = 0; i < words.size(); i++)
            if (words[i] == marker)
                starts.push_back(i + 1);
        if (starts.size() != samples.size())
            return fail("a batch", mode, "instructions are missing");
        starts.push_back(words.size() + 1);
        for (const auto &[at, rule] : verify(words, mode)) {
            size_t i = 0;
            while (starts[i + 1] <= at)
                i++;
            fail(samples[i].text, mode, rule);
        }
        const std::vector<bool> good = verify_originals(samples, mode);
        for (size_t i = 0; i < samples.size(); i++) {
            /* With x27 as its base it was made for a box. A saved x26 is not brought back. */
            if (!good[i] || samples[i].names_label || matches(samples[i].text, ".*\\[x27.*") ||
                (saves(samples[i].text) && matches(samples[i].text, ".*\\bx26\\b.*")))
                continue;
            if (words[starts[i]] != samples[i].word || words[starts[i] + 1] != ret)
                fail(samples[i].text, mode, "changed without need");
            unchanged++;
        }
        accepted += samples.size();
    }

  public:
    explicit Test(const Assembler &with) : assembler(with)
    {
    }

    void run(const std::vector<Sample> &samples, unsigned mode)
    {
        const std::vector<Sample> taken = rewrite_each(samples, mode);
        constexpr size_t size = 1024;
        for (size_t at = 0; at < taken.size(); at += size)
            check(
                {taken.begin() + (long)at, taken.begin() + (long)std::min(at + size, taken.size())},
                mode);
    }

    bool report() const
    {
        printf("%lu accepted, %lu of them unchanged, %lu refused, %u failed\n", accepted, unchanged,
               refused, failed);
        return failed == 0 && accepted > 4 * refused && refused != 0 && unchanged > accepted / 2;
    }
};

} // namespace

int main(int argc, char **argv)
{
    const size_t each = argc > 1 ? strtoul(argv[1], nullptr, 0) : 24;
    const Llvm llvm;
    const Assembler assembler;
    Samples samples(llvm, each);
    samples.assemble(assembler);
    printf("%zu forms, %zu samples\n", samples.forms(), samples.all.size());
    Test test(assembler);
    for (unsigned mode : {LFI_MODE_FULL, LFI_MODE_STORES, LFI_MODE_JUMPS})
        test.run(samples.all, mode);
    return test.report() && samples.forms() > 2800 ? 0 : 1;
}
