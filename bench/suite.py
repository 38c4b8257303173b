# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a suite of workloads is. README.md here says how to add one.

A suite is a folder with a file suite.py that defines SUITE, a subclass of Suite. bench/bench measures the workloads of
all suites in the same way, and bench/count counts their instructions.
"""

import abc
import importlib
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent

# What runs, without the sandbox before it: the program's path, its arguments, a file for standard input, and the
# folders that it may read (with --restricted it sees no others but the empty one where it starts).
Command = namedtuple("Command", "program arguments stdin reads", defaults=(os.devnull, ()))

# Where and how a suite works. work: a folder for what it makes; small: much less input, because the programs run in an
# emulator; runner: words before a native program's path, if it does not run here as it is.
Place = namedtuple("Place", "work small runner jobs", defaults=(False, (), os.cpu_count()))


class Suite(abc.ABC):
    """A workload is any object with a `name` that no other has."""

    title = ""  # in the tables: "geometric mean, TITLE"

    def __init__(self, place):
        self.place = place

    @abc.abstractmethod
    def workloads(self):
        """All workloads of the suite; nothing is fetched or built for that."""

    @abc.abstractmethod
    def build(self, configuration, sdk, workloads):
        """Builds what these workloads run in a configuration (configurations.py), with the SDK in that folder."""

    def prepare(self, configuration, sdk, workloads):
        """Makes their input, once everything is built; `configuration` is the native one."""

    @abc.abstractmethod
    def command(self, configuration, workload):
        """The Command of a workload. It starts in an empty folder."""

    def same(self, workload, native, other):
        """Whether the outputs are the same: dictionaries of file names and contents, standard output is "-"."""
        return native == other


def suites(place):
    """The suites of bench/, the small ones last."""
    found = []
    for path in sorted(HERE.glob("*/suite.py"), reverse=True):
        found.append(importlib.import_module(f"{path.parent.name}.suite").SUITE(place))
    return found


def run(command, **kwargs):
    """Runs a command that builds or makes something; what it says on standard error is shown."""
    done = subprocess.run([str(word) for word in command], **kwargs)
    if done.returncode != 0:
        sys.exit(f"bench: exit status {done.returncode} of {' '.join(str(word) for word in command)}")
