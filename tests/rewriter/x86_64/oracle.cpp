// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Every x86-64 instruction that LLVM's disassembler prints goes through the rewriter in each mode:
 * what it takes assembles and verifies, and what verifies is not refused.
 *
 *     test-rewriter-x86_64-oracle [SAMPLES]
 *
 * Tried are up to SAMPLES encodings of each of LLVM's forms: all opcodes of all maps, with REX,
 * VEX, XOP and EVEX, registers and memory. Branches and calls depend on places; other tests have
 * them.
 */
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "assemble.h"

extern "C" {
#include <lfi/abi.h>
#include <lfi/rewriter.h>
#include <lfi/verifier.h>
}

namespace
{

/* ---- the instructions ------------------------------------------------------------------------ */

using Bytes = std::vector<uint8_t>;

struct Sample {
    std::string text;
    Bytes code; /* as LLVM assembles the text */
};

class Samples
{
    const Llvm &llvm;
    const Assembler &assembler;
    const size_t each;
    std::map<std::pair<unsigned, bool>, size_t> of_form;

    void add(const Bytes &prefix)
    {
        Bytes code = prefix;
        /* An immediate or displacement that is no symbol, and not zero. */
        code.insert(code.end(), {1, 0, 0, 0, 0, 0, 0, 0});
        const Decoded d = llvm.decode(code);
        /* Calls of the runtime are not at the end of their bundle before the postlinker. */
        if (!d.ok || d.is_branch || d.text == "syscall" || d.text == "cpuid" || is_prefix(d.text))
            return;
        size_t &count = of_form[{d.opcode, d.text.find('(') != std::string::npos}];
        if (count < each) {
            count++;
            candidates.push_back(d.text);
        }
    }

    static bool is_prefix(const std::string &text)
    {
        static const char *const prefixes[] = {"lock", "rep",   "repne",  "xacquire", "xrelease",
                                               "es",   "cs",    "ss",     "ds",       "fs",
                                               "gs",   "rex64", "data16", "addr32"};
        for (const char *prefix : prefixes)
            if (text == prefix)
                return true;
        return false;
    }

    void operands(Bytes code, bool vsib)
    {
        static const uint8_t modrms[] = {0x07, 0xc1};
        for (unsigned reg = 0; reg < 8; reg++) {
            for (uint8_t modrm : modrms) {
                code.push_back((uint8_t)(modrm | reg << 3));
                add(code);
                code.pop_back();
            }
            if (vsib) {
                code.insert(code.end(), {(uint8_t)(0x04 | reg << 3), 0x37}); /* (%rdi,%v6) */
                add(code);
                code.resize(code.size() - 2);
            }
        }
    }

    /* All ModRM bytes without memory: each may be another instruction. */
    void fixed(Bytes code)
    {
        for (unsigned modrm = 0xc0; modrm < 0x100; modrm++) {
            code.push_back((uint8_t)modrm);
            add(code);
            code.pop_back();
        }
    }

    void legacy()
    {
        static const Bytes befores[] = {{},           {0x66},       {0xf2},       {0xf3},
                                        {0x48},       {0x66, 0x48}, {0xf2, 0x48}, {0xf3, 0x48},
                                        {0x66, 0xf2}, {0x66, 0xf3}, {0xf0}};
        static const Bytes escapes[] = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};
        for (const Bytes &before : befores)
            for (const Bytes &escape : escapes)
                for (unsigned op = 0; op < 256; op++) {
                    Bytes code = before;
                    code.insert(code.end(), escape.begin(), escape.end());
                    code.push_back((uint8_t)op);
                    operands(code, false);
                    if (escape.size() == 1 || (escape.empty() && op >= 0xd8))
                        fixed(code);
                }
    }

    void vex()
    {
        for (unsigned escape : {0xc4, 0x8f})
            for (unsigned map = escape == 0xc4 ? 1 : 8; map < 12; map++)
                for (unsigned last = 0; last < 256; last++)
                    for (unsigned op = 0; op < 256; op++)
                        if ((last & 0x78) == 0x78 || (last & 0x78) == 0x60)
                            operands({(uint8_t)escape, (uint8_t)(0xe0 | map), (uint8_t)last,
                                      (uint8_t)op},
                                     true);
    }

    void evex()
    {
        static const uint8_t masks[] = {0x08, 0x09, 0x89};
        for (unsigned map = 1; map < 8; map++)
            for (unsigned middle = 0; middle < 256; middle++)
                for (unsigned last = 0; last < 8; last++)
                    for (uint8_t mask : masks)
                        for (unsigned op = 0; op < 256; op++)
                            if ((middle & 0x7c) == 0x7c || (middle & 0x7c) == 0x64)
                                operands({0x62, (uint8_t)(0xf0 | map), (uint8_t)middle,
                                          (uint8_t)(last << 4 | mask), (uint8_t)op},
                                         true);
    }

    /* Keeps what LLVM assembles, and what it makes of it. */
    void assemble(size_t from, size_t to)
    {
        std::string text, messages;
        for (size_t i = from; i < to; i++)
            text += "\t.p2align 5\n\t" + candidates[i] + "\n";
        text += "\t.p2align 5\n";
        Bytes code;
        if (assembler.assemble(text, code, messages) && code.size() == (to - from) * 32) {
            for (size_t i = from; i < to; i++)
                all.push_back({candidates[i], Bytes(code.begin() + (long)(32 * (i - from)),
                                                    code.begin() + (long)(32 * (i - from) + 32))});
        } else if (to - from > 1) {
            assemble(from, (from + to) / 2);
            assemble((from + to) / 2, to);
        }
    }

    std::vector<std::string> candidates;

  public:
    std::vector<Sample> all;

    Samples(const Llvm &decoder, const Assembler &with, size_t samples_each)
        : llvm(decoder), assembler(with), each(samples_each)
    {
        legacy();
        vex();
        evex();
        for (size_t at = 0; at < candidates.size(); at += 64)
            assemble(at, std::min(at + 64, candidates.size()));
    }

    size_t forms() const
    {
        return of_form.size();
    }
};

/* ---- the test -------------------------------------------------------------------------------- */

struct Rewritten {
    enum lfi_rewrite_status status;
    std::string text;
    std::map<unsigned, std::string> messages; /* by line */
};

bool take_text(void *data, const char *text, size_t size)
{
    ((Rewritten *)data)->text.append(text, size);
    return true;
}

void take_message(void *data, const struct lfi_rewrite_message *message)
{
    ((Rewritten *)data)->messages.emplace(message->line, message->text);
}

/* An instruction stands in line 3 + 4 * its number, in a function of its own. */
Rewritten rewrite(const std::vector<Sample> &samples, unsigned mode)
{
    std::string text;
    for (size_t i = 0; i < samples.size(); i++)
        text += "\t.p2align 5\n\tmovl $" + std::to_string(i) + ", %r10d\n\t" + samples[i].text +
                "\n\tud2\n";
    Rewritten result;
    struct lfi_rewrite_options options = {};
    options.arch = "x86_64";
    options.mode = mode;
    options.sink = take_text;
    options.report = take_message;
    options.sink_data = options.report_data = &result;
    result.status = lfi_rewrite(text.c_str(), text.size(), &options);
    return result;
}

/* What is said of the code at each address. */
bool note(void *data, const struct lfi_violation *violation)
{
    auto *refused = (std::map<size_t, std::string> *)data;
    refused->emplace(violation->address, std::string(violation->rule) + ": " + violation->text);
    return true;
}

std::map<size_t, std::string> verify(const Bytes &bytes, unsigned mode)
{
    std::map<size_t, std::string> refused;
    struct lfi_code code = {};
    code.bytes = bytes.data();
    code.size = bytes.size();
    code.image_end = (uint64_t)1 << 31; /* nothing is relocated */
    if (lfi_verify_code(LFI_ARCH_X86_64, mode, &code, note, &refused) == LFI_UNABLE)
        refused.emplace(0, "unable");
    return refused;
}

class Test
{
    const Assembler &assembler;
    unsigned failed = 0;
    unsigned long accepted = 0, refused = 0;

    void fail(const std::string &what, unsigned mode, const std::string &detail)
    {
        if (failed++ < 60)
            printf("FAIL %s (mode %u): %s\n", what.c_str(), mode, detail.c_str());
    }

    /* The rewriter refuses them: does the verifier, wherever memory may be? */
    void check_refused(const std::vector<Sample> &samples, const std::vector<std::string> &messages,
                       unsigned mode)
    {
        Bytes code;
        for (const Sample &sample : samples)
            code.insert(code.end(), sample.code.begin(), sample.code.end());
        std::map<size_t, std::string> bad = verify(code, mode);
        for (size_t i = 0; i < samples.size(); i++) {
            refused++;
            if (auto at = bad.lower_bound(32 * i); at != bad.end() && at->first < 32 * (i + 1))
                continue;
            fail(samples[i].text, mode, "verifies, but is refused: " + messages[i]);
        }
    }

    /* The rewriter takes them: so must the verifier. */
    void check_taken(const std::vector<Sample> &samples, unsigned mode)
    {
        const Rewritten r = rewrite(samples, mode);
        Bytes code;
        std::string messages;
        if (r.status != LFI_REWRITE_OK)
            return fail("a batch", mode,
                        r.messages.empty() ? "refused without a message"
                                           : std::to_string(r.messages.begin()->first) + ": " +
                                                 r.messages.begin()->second);
        if (!assembler.assemble(r.text, code, messages))
            return fail("a batch does not assemble", mode, messages);
        std::vector<size_t> starts;
        for (size_t at = 0; at + 6 <= code.size(); at += 32) {
            uint32_t number;
            memcpy(&number, &code[at + 2], sizeof number);
            if (code[at] == 0x41 && code[at + 1] == 0xba && number == starts.size())
                starts.push_back(at);
        }
        if (starts.size() != samples.size())
            return fail("a batch", mode, "instructions are missing");
        for (const auto &[at, rule] : verify(code, mode)) {
            size_t i = 0;
            while (i + 1 < starts.size() && starts[i + 1] <= at)
                i++;
            fail(samples[i].text, mode, "is taken, but breaks " + rule);
        }
        accepted += samples.size();
    }

  public:
    explicit Test(const Assembler &with) : assembler(with)
    {
    }

    /* Until none is refused: not everything is reported at once. */
    void run(const std::vector<Sample> &samples, unsigned mode)
    {
        std::vector<Sample> taken = samples, refused_ones;
        std::vector<std::string> messages;
        for (;;) {
            const Rewritten r = rewrite(taken, mode);
            std::vector<Sample> rest;
            for (size_t i = 0; i < taken.size(); i++) {
                auto said = r.messages.lower_bound((unsigned)(3 + 4 * i)); /* or the ud2 */
                if (said == r.messages.end() || said->first > 4 + 4 * i) {
                    rest.push_back(taken[i]);
                } else {
                    refused_ones.push_back(taken[i]);
                    messages.push_back(said->second);
                }
            }
            if (rest.size() == taken.size())
                break;
            taken = rest;
        }
        check_taken(taken, mode);
        check_refused(refused_ones, messages, mode);
    }

    bool report() const
    {
        printf("%lu accepted, %lu refused, %u failed\n", accepted, refused, failed);
        return failed == 0 && accepted > refused;
    }
};

} // namespace

int main(int argc, char **argv)
{
    const size_t each = argc > 1 ? strtoul(argv[1], nullptr, 0) : 2;
    const Llvm llvm;
    const Assembler assembler;
    const Samples samples(llvm, assembler, each);
    printf("%zu forms, %zu samples\n", samples.forms(), samples.all.size());
    Test test(assembler);
    for (unsigned mode : {LFI_MODE_FULL, LFI_MODE_STORES, LFI_MODE_JUMPS})
        for (size_t at = 0; at < samples.all.size(); at += 1024)
            test.run({samples.all.begin() + (long)at,
                      samples.all.begin() + (long)std::min(at + 1024, samples.all.size())},
                     mode);
    return test.report() && samples.forms() > 17000 ? 0 : 1;
}
