# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""SPEC CPU 2017 through its own tools: configuration files are installed, runcpu builds, runs and checks."""

import csv
import platform
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Name, what is built (its label is ARCH-BUILD), vendor of the target and of its runner, option of the runner.
Configuration = namedtuple("Configuration", "name build vendor option", defaults=("",))
CONFIGURATIONS = [
    Configuration("native", "native", "native"),
    Configuration("native again", "native", "native"),
    Configuration("full", "full", "lfi"),
    Configuration("full, high", "full", "lfi", "--high"),
    Configuration("full, restricted", "full", "lfi", "--restricted"),
    Configuration("stores", "stores", "lfi_stores"),
    Configuration("jumps", "jumps", "lfi_jumps"),
]


def benchmarks():
    """{name: (suite, languages)} of SPECrate."""
    rows = [l.split() for l in (HERE / "benchmarks.def").read_text().splitlines() if l and l[0] != "#"]
    return {name: (suite, languages.split(",")) for name, suite, languages in rows}


class Suite:
    """An installed SPEC CPU 2017 and what it is to be used with."""

    def __init__(self, spec, sdk, arch, size, cpu, optimize, jobs):
        self.spec, self.sdk, self.arch, self.size = spec, sdk, arch, size
        self.settings = {"cpu": cpu, "optimize": optimize, "jobs": jobs}
        if not (spec / "shrc").exists():
            sys.exit(f"spec2017: {spec}: not the folder of an installed SPEC CPU 2017: it has no 'shrc'")
        for name, path in ("SPEC's", spec), ("the SDK's", sdk), ("this script's", HERE):
            if re.search(r"\s", str(path)):
                sys.exit(f"spec2017: {path}: {name} path has a space in it, which SPEC's makefiles cannot handle")

    def label(self, configuration):
        return f"{self.arch}-{configuration.build}"

    def install(self, configuration):
        """Puts the configuration file into SPEC's folder; the name to call it by. runcpu appends to it what it
        built, so that a file which is the same up to there is left alone."""
        triple = f"{self.arch}-{configuration.vendor}-linux-musl"
        macros = {"sdk": self.sdk, "triple": triple, "label": self.label(configuration),
                  "runner": self.sdk / "bin" / f"{self.arch}-{configuration.vendor}-run", "launch": HERE / "launch",
                  "include": HERE / "include", **self.settings}
        text = "# Made by bench/spec2017/run: change it there.\n"
        text += "".join(f'%define {name} "{value}"\n' for name, value in macros.items())
        text += "".join((HERE / f"{part}.cfg").read_text() for part in ("common", self.arch))
        path = self.spec / "config" / f"lfi-{self.label(configuration)}.cfg"
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or not path.read_text().startswith(text):
            path.write_text(text)
        return path.name

    def runcpu(self, configuration, arguments, log):
        """Runs SPEC's runcpu for a configuration; (exit status, what it printed). Under lfi-exec, because what makes
        a benchmark's input may not go through `submit`."""
        command = ["runcpu", f"--config={self.install(configuration)}", "--tune=base", "--noreportable",
                   "--iterations=1"]
        if configuration.option:
            command += ["--define", f"options={configuration.option}"]
        guard = [str(self.sdk / "bin/lfi-exec")] if self.arch == platform.machine() else []
        done = subprocess.run(["bash", "-c", '. ./shrc && exec "$@"', "bash", *guard, *command, *arguments],
                              cwd=self.spec, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        log.write(f"$ {' '.join([*command, *arguments])}\n{done.stdout}\n")
        log.flush()
        return done.returncode, done.stdout

    def build(self, configuration, benchmark, log):
        """Builds a benchmark, if that has to be done; whether its programs are there."""
        status, _ = self.runcpu(configuration, ["--action=build", f"--size={self.size}", benchmark], log)
        return status == 0 and bool(self.programs(configuration, benchmark))

    def programs(self, configuration, benchmark):
        """The programs that runcpu built, by name."""
        ending = f"_base.{self.label(configuration)}"
        folder = self.spec / "benchspec" / "CPU" / benchmark / "exe"
        return {p.name[:-len(ending)]: p for p in sorted(folder.glob(f"*{ending}"))}

    def run(self, configuration, benchmark, log):
        """Runs a benchmark, and has its output checked; (seconds or None, SPEC's word for how it went)."""
        before = set(self.results())
        _, text = self.runcpu(configuration, ["--nobuild", "--action=validate", f"--size={self.size}", benchmark], log)
        for path in sorted(set(self.results()) - before):
            for name, seconds, status in read_results(path):
                if name == benchmark:
                    return seconds, status
        return None, "no result: " + (text.strip().splitlines() or [""])[-1]

    def results(self):
        return (self.spec / "result").glob("CPU2017.*.csv")


def read_results(path):
    """(benchmark, seconds, status) of each run in a CSV file of SPEC's: its table 'Full Results Table'."""
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        rows = list(csv.reader(file))
    columns, inside = None, False
    for row in rows:
        if row and row[0].endswith("Results Table"):
            inside, columns = row[0].startswith("Full"), None
        elif inside and row and row[0] == "Benchmark":
            columns = {name.removeprefix("Est. "): k for k, name in enumerate(row)}
        elif inside and columns and len(row) > columns["Base Status"]:
            status, seconds = row[columns["Base Status"]], row[columns["Base Run Time"]]
            if status != "NR":
                yield row[0], float(seconds) if status == "S" and seconds else None, status
