# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is compared: a configuration is a target and a way to run its programs."""

import importlib
import os
import platform
from collections import namedtuple
from pathlib import Path

from suite import HERE, TOP, run

# Name, target, arguments of lfi-run (None: run directly), what it shows, flags beside -O2.
Configuration = namedtuple("Configuration", "name triple box meaning flags", defaults=("",))

HOST = platform.machine()
NATIVE, FULL = f"{HOST}-native-linux-musl", f"{HOST}-lfi-linux-musl"
CONFIGURATIONS = [
    Configuration("native", NATIVE, None, "no sandbox: what all others are divided by"),
    Configuration("native again", NATIVE, None, "the same program once more: the noise"),
    Configuration("runtime only", f"{HOST}-measure-linux-musl", ["--no-verify"],
                  "unsandboxed code under the runtime: the cost of liblfi alone"),
    Configuration("full", FULL, [], "loads, stores and jumps confined"),
    Configuration("full, high", FULL, ["--high"], "the same programs, the box not at address 0"),
    Configuration("full, restricted", FULL, ["--restricted"], "the same programs, two folders visible, the second wall"),
    Configuration("full, unverified", FULL, ["--no-verify"], "without the time of the verifier"),
    Configuration("high, unverified", FULL, ["--high", "--no-verify"], "both"),
    Configuration("stores", f"{HOST}-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
    Configuration("jumps", f"{HOST}-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
]

# What is counted in an emulator: ARCH/counting.py says how, for each architecture with such a file.
COUNTING = {path.parent.name: importlib.import_module(f"{path.parent.name}.counting")
            for path in sorted(HERE.glob("*/counting.py"))}


def counted(arch):
    native = f"{arch}-native-linux-musl"
    return [
        Configuration("native", native, None, "no sandbox: what all others are divided by", COUNTING[arch].NATIVE_FLAGS),
        Configuration("frame pointers", native, None, "native as clang compiles by default"),
        Configuration("full", f"{arch}-lfi-linux-musl", [], "loads, stores and jumps confined"),
        Configuration("stores", f"{arch}-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
        Configuration("jumps", f"{arch}-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
    ]


def sdk_for(triple, sdk, work):
    """The SDK that has `triple`; sysroots that are missing are built beside the work."""
    if "-measure-" in triple:
        overlay = work / "measure-sdk"
        run([HERE / triple.split("-")[0] / "measure" / "make-sdk", sdk, overlay])
        # Not from the cache, whose key does not know what makes this target.
        sdk, options = overlay, ["--c-only"]
    elif (sdk / "sysroot" / triple / "usr/lib/libc.a").exists():
        return sdk
    else:
        cache = os.environ.get("LFI_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lfi"
        options = [f"--cache={cache}"]
    run([TOP / "sysroot" / "build-sysroot", f"--triple={triple}", f"--sdk={sdk}", f"--work={work}/sysroot/{triple}",
         *options])
    return sdk


def programs_of(configuration, work):
    """The folder where a configuration's programs are."""
    if configuration.flags:
        work = work / configuration.flags.strip("-")
    return work / configuration.triple / "bin"
