# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How fast the compiler, the rewriter and the verifiers are, on sqlite3.c."""

import os
import re
import subprocess
import sys

import elf
from configurations import CONFIGURATIONS, COUNTING, FULL, counted, programs_of, sdk_for
from measure import once
from packages.suite import Packages
from suite import run


def compile_times(args, configurations, sdks, place):
    """Compiling sqlite3.c: {configuration: list of (cpu, wall)}; not pinned, the pipeline may overlap."""
    native = configurations[0]
    build_sqlite(native, sdks[native.triple], place)
    source = programs_of(native, place.work).parent / "sqlite" / "sqlite3.c"
    chosen = [c for c in configurations if c.name in ("native", "full")]
    times = {c.name: [] for c in chosen}
    for round_number in range(max(3, args.rounds // 3)):
        for c in chosen:
            times[c.name].append(timed([sdks[c.triple] / "bin" / f"{c.triple}-clang", "-O2", "-c", source,
                                        "-o", place.work / "sqlite3.o"], None))
        print(f"bench: compiled sqlite3.c, {round_number + 1}", file=sys.stderr)
    return times


def speeds(args, sdk, place):
    """Speed of the rewriter and the verifier: {tool: (bytes, list of (cpu, wall))}.

    Of the verifier the processor time of checking alone, which it says itself: without reading the file. It is told
    the program's name args.rounds times.
    """
    full = {c.triple: c for table in (CONFIGURATIONS, *map(counted, COUNTING)) for c in table if c.name == "full"}
    for c in full.values():
        build_sqlite(c, sdk_for(c.triple, sdk, place.work), place)
    tree = programs_of(full[FULL], place.work).parent
    assembly = place.work / "sqlite3.s"
    run([sdk / "bin" / f"{FULL}-clang", "-O2", "-S", tree / "sqlite" / "sqlite3.c", "-o", assembly])
    rewrite = [sdk / "bin/lfi-rewrite", "-o", os.devnull, assembly]
    found = {"rewriter": (assembly.stat().st_size, [timed(rewrite, args.cpu) for _ in range(args.rounds)])}
    others = [(f"verifier, {counting.NAME}", f"{arch}-lfi-linux-musl") for arch, counting in COUNTING.items()]
    for tool, triple in [("verifier", FULL), *others]:
        program = programs_of(full[triple], place.work) / "sqlite3"
        verify = ["taskset", "-c", str(args.cpu), str(sdk / "bin/lfi-verify"), "--stats", *[str(program)] * args.rounds]
        lines = subprocess.run(verify, check=True, stdout=subprocess.PIPE, text=True).stdout
        seconds = [float(s) for s in re.findall(r" bytes of code, ([0-9.]+) s", lines)]
        found[tool] = (elf.code_size(program), [(s, s) for s in seconds])
    return found


def build_sqlite(configuration, sdk, place):
    suite = Packages(place)
    suite.build(configuration, sdk, [w for w in suite.workloads() if w.name == "sqlite"])


def timed(command, cpu):
    sample, status = once([str(word) for word in command], cpu=cpu)
    if status != 0:
        sys.exit(f"bench: exit status {status} of {' '.join(map(str, command))}")
    return sample
