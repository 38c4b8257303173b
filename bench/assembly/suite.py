# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Libraries with their assembly by hand, on the same input and built as those of bench/packages are."""

from pathlib import Path

from packages.suite import Packages


class Assembly(Packages):
    title = "assembly"
    workloads_def = Path(__file__).resolve().parent / "workloads.def"

    def workloads(self):
        return [] if self.place.small else super().workloads()  # not in an emulator


SUITE = Assembly
