# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where the instructions that the rewriter added ran: by form of the access, and the hottest blocks."""

import collections
import re
import subprocess

GUARD = re.compile(r"add (x28|x30|sp), x27, w\d+, uxtw")


def disassemble(words):
    """{word: text} of instruction words."""
    words = sorted(words)
    source = "\n".join(" ".join(f"0x{byte:02x}" for byte in word.to_bytes(4, "little")) for word in words)
    text = subprocess.run(["llvm-mc-19", "--disassemble", "--triple=aarch64", "-mattr=+v8.5a,+crypto,+fp16,+rand,+mte"],
                          input=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip() and ".text" not in line]
    if len(lines) != len(words):  # what it does not know it leaves out: one by one
        if len(words) == 1:
            return {words[0]: f".word {words[0]:#010x}"}
        half = len(words) // 2
        return disassemble(words[:half]) | disassemble(words[half:])
    return dict(zip(words, lines))


def form(text):
    """An instruction without its numbers: `ldr x, [x28, #]`."""
    text = re.sub(r"#[-\w]+", "#", text)
    return re.sub(r"\b([wxqdsvbh])(?:\d+|zr)\b(?<!x28)(?<!x27)(?<!x26)(?<!w26)(?<!x30)", r"\1", text)


def added_forms(blocks, text):
    """How often each form of an added instruction ran, with the instruction that it is for."""
    sums = collections.Counter()
    for block in blocks:
        lines = [text[word] for word in block.words]
        for i, line in enumerate(lines):
            guard = GUARD.fullmatch(line)
            if guard:
                user = re.compile(rf"\b{guard[1]}\b")
                use = next((l for l in lines[i + 1:] if user.search(l) or l == "ret"), "(next block)")
                sums[f"guard of {guard[1]}: {form(use)}"] += block.count
            elif re.match(r"(?!st|ldp|cmp|tst)\w+ [wx]26\b", line) or re.search(r"\[x27, #-", line):
                sums[form(line)] += block.count
    return sums


def report(counts, number, path):
    text = disassemble({word for block in counts.blocks for word in block.words})
    merged = collections.Counter()
    for block in counts.blocks:
        merged[block.address, tuple(block.words)] += block.count
    with open(path, "w") as out:
        out.write(f"{counts.program} instructions in the box\n\nadded instructions by form, share of all\n")
        for what, count in added_forms(counts.blocks, text).most_common(number):
            out.write(f"{count / counts.program:8.3%}  {what}\n")
        hottest = sorted(merged.items(), key=lambda item: item[1] * len(item[0][1]), reverse=True)
        for (address, words), count in hottest[:number]:
            out.write(f"\n{address & 0xffffffff:#x}: {count} times, {count * len(words) / counts.program:.2%}\n")
            for word in words:
                mark = "+" if GUARD.fullmatch(text[word]) or re.search(r"\b[wx]26\b", text[word]) else " "
                out.write(f"  {mark} {text[word]}\n")
