# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What bench/count has to know of AArch64. For another architecture a file of this name defines the same."""

import collections
import re
import subprocess

NAME = "AArch64"
EMULATOR = "qemu-aarch64"
# Sandboxed targets have no frame pointers (docs/abi.md), so their twin has none either.
NATIVE_FLAGS = "-fomit-frame-pointer"
# What is expected of the executed instructions, as a ratio to native, and of the verifier, in MB/s.
EXPECTED_COUNT = {"full": 1.13, "stores": 1.05}
EXPECTED_VERIFIER = 1000

# What the rewriter adds, by mask and value of the instruction word.
GUARD_MASK = 0xFFE0FFFF  # add xD, x27, wM, uxtw: all but M
KINDS = {
    "x28": lambda word: word & GUARD_MASK == 0x8B20437C,
    "x30": lambda word: word & GUARD_MASK == 0x8B20437E,
    "sp": lambda word: word & GUARD_MASK == 0x8B20437F,
}


def kinds(blocks):
    """Executed guards by the register that they guard."""
    sums = dict.fromkeys(KINDS, 0)
    for block in blocks:
        for word in block.words:
            if word & 0xFFE0FFE0 == 0x8B204360:
                for kind, matches in KINDS.items():
                    if matches(word):
                        sums[kind] += block.count
    return sums


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


def is_added(line):
    """Does the rewriter seem to have added this instruction?"""
    return bool(GUARD.fullmatch(line) or re.search(r"\b[wx]26\b", line))
