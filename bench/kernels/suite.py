# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small programs that do one thing each: a C file here is a workload."""

from collections import namedtuple
from pathlib import Path

from configurations import programs_of
from suite import Command, Suite, run

HERE = Path(__file__).resolve().parent
Kernel = namedtuple("Kernel", "name source")


class Kernels(Suite):
    title = "kernels"

    def workloads(self):
        # allocate.c is for bench/allocators.
        return [Kernel(f"kernel {name}", HERE / f"{name}.c")
                for name in ("recursion", "chase", "indirect", "floating", "memory")]

    def build(self, configuration, sdk, workloads):
        triple = configuration.triple
        libc = sdk / "sysroot" / triple / "usr/lib/libc.a"
        for kernel in workloads:
            program = self.command(configuration, kernel).program
            program.parent.mkdir(parents=True, exist_ok=True)
            if not program.exists() or program.stat().st_mtime < max(kernel.source.stat().st_mtime, libc.stat().st_mtime):
                run([sdk / "bin" / f"{triple}-clang", "-O2", *configuration.flags.split(), "-o", program, kernel.source, "-lm"])

    def command(self, configuration, workload):
        return Command(programs_of(configuration, self.place.work) / workload.source.stem, [])


SUITE = Kernels
