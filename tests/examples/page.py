#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Does what a page tells its reader to do, in its order, in an empty folder.
#   page.py PAGE SDK-FOLDER WORK-FOLDER ARCH [space]
#
# With `space` the SDK is a copy whose path has a space; then what the page says about that is done, too.
#
# An indented block after a line that ends with `NAME`: is that file; after "From `NAME`:" it is a part
# of a file that is there, but for the indent. One that begins with "$ " has commands and what each
# prints, where … stands for anything in a line, and a line that is only … for lines. Other blocks are only shown. `examples` is the repository's.
# Compilers are those for ARCH. If that is not this machine's, `cc` and the SDK's libraries are for it, too, and what
# was built (./PROGRAM) runs in the emulator.
import os
import platform
import re
import shutil
import subprocess
import sys

page, sdk, work, arch = sys.argv[1:5]
space = sys.argv[5:] == ["space"]
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
if space:
    original, sdk = sdk, f"{work}/the SDK"
    subprocess.run(["cp", "-al", original, sdk], check=True)
os.symlink(os.path.join(os.path.dirname(os.path.abspath(page)), "../examples"), f"{work}/examples")
environment = dict(os.environ, PATH=f"{sdk}/bin:{os.environ['PATH']}", LC_ALL="C")


def pattern(lines):
    return "\n".join("(?s:.*)" if line.strip() == "…" else ".*".join(re.escape(part) for part in line.split("…"))
                     for line in lines)


def run(command, expected):
    done = subprocess.run(["sh", "-c", command], cwd=work, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode or not re.fullmatch(pattern(expected), done.stdout.rstrip("\n")):
        sys.exit(f"{page}: {command}\nstatus {done.returncode}\n--- expected\n"
                 + "\n".join(expected) + f"\n--- printed\n{done.stdout}")


commands = 0
text = open(page, encoding="utf-8").read()
text = re.sub(r"\w+-lfi-linux-musl-", f"{arch}-lfi-linux-musl-", text)
if arch != platform.machine():
    text = re.sub(r"(?m)^    [$] cc ", f"    $ {arch}-native-linux-musl-clang ", text)
    text = text.replace("$(uname -m)", arch)
    text = text.replace("$(lfi-config --cflags --libs)",
                        f"$(lfi-config --cflags --libs | sed 's,/lib ,/targets/{arch}/lib ,')")
    text = re.sub(r"(?m)^    [$] lfi-bind ", f"    $ lfi-bind --target {arch}-lfi-linux-musl ", text)
    text = re.sub(r"(?m)^    [$] [.]/", f"    $ {arch}-native-run ./", text)
if space:
    if "(`eval cc …` if there is a space in the SDK's path)" not in text:
        sys.exit(f"{page}: does not say what to do if there is a space in the SDK's path")
    text = re.sub(r"(?m)^    [$] (.*[$][(]lfi-config )", r"    $ eval \1", text)
for before, block in re.findall(r"([^\n]*)\n\n((?:    [^\n]*\n|\n(?=    ))+)", text):
    lines = [line[4:] for line in block.rstrip("\n").split("\n")]
    name = re.search(r"`([\w.]+)`:$", before)
    if name and before.endswith(f"From `{name[1]}`:"):
        with open(os.path.join(work, name[1]), encoding="utf-8") as file:
            there = [line.strip() for line in file]
        part = [line.strip() for line in lines]
        if not any(there[i:i + len(part)] == part for i in range(len(there))):
            sys.exit(f"{page}: this is not in {name[1]}:\n{block}")
    elif name:
        with open(os.path.join(work, name[1]), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    elif lines[0].startswith("$ "):
        session = []
        for line in lines:
            if line.startswith("$ "):
                session.append((line[2:], []))
            else:
                session[-1][1].append(line)
        for command, expected in session:
            run(command, expected)
            commands += 1
if not commands:
    sys.exit(f"{page}: no commands")
if space:
    shutil.rmtree(sdk)
print(f"{commands} commands")
