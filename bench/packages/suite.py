# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Libraries and programs of Debian, built from their sources: workloads.def is the table of what runs, inputs.def of
what it runs on, recipes/ says how to build what tests/packages does not build."""

import hashlib
import os
import re
import shlex
import subprocess
from collections import namedtuple
from pathlib import Path

from configurations import programs_of
from suite import TOP, Command, Suite, run

HERE = Path(__file__).resolve().parent
Workload = namedtuple("Workload", "name package program arguments stdin ignore")
Input = namedtuple("Input", "name packages recipe")


def table(path, columns):
    """The rows of a table: lines of cells that ` | ` separates, the last may contain it; those at the end may be missing."""
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            cells = [cell.strip() for cell in re.split(r" +\|(?= |$)", line, maxsplit=columns - 1)]
            yield cells + [""] * (columns - len(cells))


class Packages(Suite):
    title = "programs"
    workloads_def = HERE / "workloads.def"

    def __init__(self, place):
        super().__init__(place)
        self.folder = place.work / ("small-input" if place.small else "bench-input")
        self.inputs = {row[0]: Input(*row) for row in table(HERE / "inputs.def", 3)}

    def workloads(self):
        return [Workload(*row) for row in table(self.workloads_def, 6)]

    def build(self, configuration, sdk, workloads):
        packages = [w.package for w in workloads]
        if configuration.name == "native":
            packages += [p for name in self.needed(workloads) for p in self.inputs[name].packages.split()]
        if packages:
            run([TOP / "tests/packages/package", "build", f"--sdk={sdk}", f"--triple={configuration.triple}",
                 f"--work={programs_of(configuration, self.place.work).parent.parent}", f"--recipes={HERE}/recipes",
                 f"--cflags={f'-O2 {configuration.flags}'.strip()}", f"--jobs={self.place.jobs}",
                 *dict.fromkeys(packages)])

    def needed_by(self, text):
        """The names of the inputs in a text."""
        names = re.findall(r"{(\w[\w.-]*)}", text)
        for name in names:
            if name not in self.inputs:
                raise SystemExit(f"bench: inputs.def has no {name}")
        return names

    def needed(self, workloads):
        """The names of all inputs, each after those that it is made from."""
        found = {}

        def need(names):
            for name in names:
                if name not in found:
                    need(self.needed_by(self.inputs[name].recipe))
                    found[name] = True

        for w in workloads:
            need(self.needed_by(w.arguments + " " + w.stdin))
        return list(found)

    def prepare(self, configuration, sdk, workloads):
        self.folder.mkdir(parents=True, exist_ok=True)
        commands = self.commands(configuration)
        for name in self.needed(workloads):
            made, stamp = self.folder / name, self.folder / f".{name}.made"
            recipe = self.inputs[name].recipe
            key = self.key(name)
            if made.exists() and stamp.exists() and stamp.read_text() == key:
                continue
            script = f'set -eu; fetched() {{ "$top/toolchain/fetch" "$1"; }}\n{self.filled(recipe)}'
            part = self.folder / f".{name}.part"
            run(["bash", "-o", "pipefail", "-c", script], stdout=open(part, "wb"), stdin=subprocess.DEVNULL, cwd=self.folder,
                env=os.environ | {"PATH": f"{commands}:{os.environ['PATH']}", "top": str(TOP), "here": str(HERE),
                                  "sysroot": str(sdk / "sysroot" / configuration.triple),
                                  "built": str(programs_of(configuration, self.place.work).parent),
                                  "small": str(int(self.place.small))})
            part.replace(made)
            stamp.write_text(key)

    def key(self, name):
        """Changes with what an input is made by and from."""
        recipe = self.inputs[name].recipe
        scripts = [HERE / script for script in re.findall(r"\$here/(\S+)", recipe)]
        parts = [recipe, *[path.read_text() for path in scripts], *[self.key(part) for part in self.needed_by(recipe)]]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def commands(self, configuration):
        """A folder with a command for each native program, which the recipes of inputs use by name."""
        folder = self.place.work / "commands"
        folder.mkdir(exist_ok=True)
        for program in programs_of(configuration, self.place.work).iterdir():
            command = folder / program.name
            command.write_text(f'#!/bin/sh\nexec {shlex.join([*self.place.runner, str(program)])} "$@"\n')
            command.chmod(0o755)
        return folder

    def filled(self, text):
        return re.sub(r"{(\w[\w.-]*)}", lambda name: str(self.folder / name[1]), text)

    def command(self, configuration, workload):
        return Command(programs_of(configuration, self.place.work) / workload.program,
                       shlex.split(self.filled(workload.arguments)), *[self.filled(s) for s in [workload.stdin] if s],
                       reads=[self.folder])

    def same(self, workload, native, other):
        def compared(output):
            text = re.sub(workload.ignore.encode(), b"", output["-"]) if workload.ignore else output["-"]
            return output | {"-": text}
        return any(compared(native).values()) and compared(native) == compared(other)


SUITE = Packages
