# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where the instructions that the rewriter added ran: by form of the access, and the hottest blocks."""

import collections


def report(counts, arch, number, path):
    """arch: the module counting of the architecture."""
    text = arch.disassemble({word for block in counts.blocks for word in block.words})
    merged = collections.Counter()
    for block in counts.blocks:
        merged[block.address, tuple(block.words)] += block.count
    with open(path, "w") as out:
        out.write(f"{counts.program} instructions in the box\n\nadded instructions by form, share of all\n")
        for what, count in arch.added_forms(counts.blocks, text).most_common(number):
            out.write(f"{count / counts.program:8.3%}  {what}\n")
        hottest = sorted(merged.items(), key=lambda item: item[1] * len(item[0][1]), reverse=True)
        for (address, words), count in hottest[:number]:
            out.write(f"\n{address & 0xffffffff:#x}: {count} times, {count * len(words) / counts.program:.2%}\n")
            for word in words:
                mark = "+" if arch.is_added(text[word]) else " "
                out.write(f"  {mark} {text[word]}\n")
