# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a program in QEMU's user-mode emulator and says which of its instructions ran how often."""

import collections
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "plugin" / "blocks.c"
BOX_SHIFT = 32  # a box is 4 GiB, aligned to that

Block = collections.namedtuple("Block", "address count words")


def build_plugin(work):
    plugin = work / "blocks.so"
    if not plugin.exists() or plugin.stat().st_mtime < SOURCE.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
                        "-o", str(plugin), str(SOURCE)], check=True)
    return plugin


def run(emulator, plugin, command, counts, **kwargs):
    """Runs the command in the emulator; writes the counts of its blocks to the file `counts`."""
    return subprocess.run([emulator, "-plugin", f"{plugin},out={counts}", *[str(word) for word in command]],
                          **kwargs)


class Counts:
    """What the plugin wrote. `boxed`: the program is lfi-run, and another one runs in its box."""

    def __init__(self, path, boxed):
        blocks, program = [], None
        with open(path) as file:
            for line in file:
                kind, *words = line.split()
                if kind == "block":
                    blocks.append(Block(int(words[0], 16), int(words[1]), [int(word, 16) for word in words[2:]]))
                elif kind == "program":
                    program = range(*(int(word, 16) for word in words))
                elif kind == "before":
                    self.start = int(words[0])
        self.total = sum(instructions(block) for block in blocks)
        self.blocks = blocks  # of the program that is measured
        if boxed:
            # The box is where most of the other code ran; the rest are the trampolines beside it.
            regions = collections.defaultdict(list)
            for block in blocks:
                if block.address not in program:
                    regions[block.address >> BOX_SHIFT].append(block)
            self.blocks = max(regions.values(), key=lambda region: sum(map(instructions, region)))
        else:
            self.start = 0
        self.program = sum(map(instructions, self.blocks))
        self.runtime = self.total - self.program - self.start


def instructions(block):
    return block.count * len(block.words)
