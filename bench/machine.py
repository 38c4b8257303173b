# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a figure was measured on."""

import os
import platform
import re
from pathlib import Path


def machine():
    """The processor and system, without names that identify the machine."""
    text = Path("/proc/cpuinfo").read_text()
    known = {key: found[1] for key in ("model name", "cpu family", "model")
             for found in [re.search(rf"^{key}\s*: (.*)", text, re.M)] if found}
    name = known.get("model name", platform.machine())
    if "cpu family" in known:
        name += f" (family {known['cpu family']}, model {known['model']})"
    return f"{name}, {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}"
