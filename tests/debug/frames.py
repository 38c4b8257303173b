# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs in gdb: steps through frames.c. At each instruction the backtrace must follow from the last."""
import gdb

for setting in ("pagination off", "confirm off", "breakpoint pending on", "debuginfod enabled off"):
    gdb.execute("set " + setting)

OWN = {"main", "call_host", "leaf", "early", "recurse", "with_alloca", "large", "many"}


def chain():
    """The functions from the innermost to main, or None where unwinding does not come to main."""
    names, frame = [], gdb.newest_frame()
    while frame is not None and len(names) < 50:
        names.append(frame.name())
        if frame.name() == "main":
            return names
        try:
            frame = frame.older()
        except gdb.error:
            return None
    return None


def follows(new, old):
    """Nothing changed, a call, a return, a tail call."""
    return new in (old, old[1:]) or new[1:] == old or new[1:] == old[1:]


gdb.execute("break early", to_string=True)  # a name of the program only: main is lfi-run's, too
gdb.execute("run", to_string=True)
gdb.execute("delete")
old = chain()
steps, wrong = 0, 0
if old is None or old[0] != "early":
    print("first backtrace:", old)
    wrong += 1
while old and wrong < 20:
    gdb.execute("stepi", to_string=True)
    while old[0] == "call_host" and gdb.newest_frame().name() not in OWN:
        gdb.execute("stepi", to_string=True)  # in lfi-run
    if gdb.newest_frame().name() not in OWN:
        break  # main returned
    new = chain()
    steps += 1
    if new is None or not follows(new, old):
        print("wrong at", gdb.execute("x/i $pc", to_string=True).strip(), new, "after", old)
        wrong += 1
    old = new or old
if old != ["main"]:
    print("ended in", old)
    wrong += 1
print("steps:", steps, "wrong:", wrong)
gdb.execute("kill")
