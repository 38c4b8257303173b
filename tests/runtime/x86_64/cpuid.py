#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
cpuid.py AS OBJCOPY LFI_VERIFY CPUID.DEF: `cpuid` tells a box of a feature exactly if the verifier
accepts its instruction, which stands in the table. Each is assembled by GNU as and verified alone.
"""
import os
import re
import subprocess
import sys
import tempfile


def main():
    assembler, objcopy, verifier, table = sys.argv[1:]
    with open(table, encoding="utf-8") as lines:
        rows = re.findall(r'^CPUID\((\w+), (\w+), (\w+), +(\d+), "(.+?)", (KEEP|HIDE), "(.*)"\)', lines.read(), re.M)
    failed = tried = 0
    seen = set()
    with tempfile.TemporaryDirectory() as folder:
        source, object_, code = (os.path.join(folder, name) for name in ("a.s", "a.o", "a.bin"))
        for leaf, subleaf, register, bit, name, answer, insn in rows:
            where = f"{leaf}.{subleaf} {register}[{bit}] {name}"
            if (leaf, subleaf, register, bit) in seen:
                print(f"FAILED: {where}: twice")
                failed += 1
            seen.add((leaf, subleaf, register, bit))
            if not insn:
                continue
            with open(source, "w", encoding="utf-8") as out:
                out.write(insn + "\n")
            subprocess.run([assembler, "--64", "-o", object_, source], check=True)
            subprocess.run([objcopy, "-O", "binary", "-j", ".text", object_, code], check=True)
            result = subprocess.run([verifier, "--raw", code], capture_output=True, text=True, check=False)
            if result.returncode not in (0, 1):
                sys.exit(f"FAILED: {where}: {result.stderr}")
            tried += 1
            if (result.returncode == 0) != (answer == "KEEP"):
                print(f"FAILED: {where}: {answer}, but the verifier "
                      f"{'accepts' if result.returncode == 0 else 'refuses'} '{insn}' {result.stderr}")
                failed += 1
    print(f"{len(rows)} features, {tried} with an instruction")
    return 1 if failed or tried < 90 else 0


sys.exit(main())
