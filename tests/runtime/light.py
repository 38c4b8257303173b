#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
light.py OBJDUMP PROGRAM SYSCALLS.DEF PATTERNS: all code that a light system call can run uses
general registers only. PATTERNS has three lines: names of instructions and operands that are not
for general registers, and functions that are light besides those of system calls.

PROGRAM is linked with liblfi and has its symbols. From where the box enters the runtime
(switch.S) and from the light handlers of the table, every function that is called or jumped to is
looked at. Where the address is not in the instruction, the function stands in INDIRECT.
"""
import bisect
import re
import subprocess
import sys

# The light way ends here: from `serve` on vector state is saved, and the others save it first.
ENDS = {"serve", "leave", "machine_leave_saving", "machine_stop_saving"}
NEVER_RETURN = {"__stack_chk_fail", "__stack_chk_fail_local"}
# Functions with indirect calls or jumps, and where they lead.
INDIRECT = {
    "machine_syscall": "linux_serve_light and linux_light_done, which are looked at",
    "machine_host_end": "linux_light_done",
    "machine_light_start": "back into the box",
    "linux_serve_light": "light handlers, all of which are looked at; a switch",
    "take": "a switch",
    "linux_sys_light_futex": "a switch",
    "linux_sys_sigprocmask": "a switch",
    "linux_sys_light_clock_gettime": "the vDSO, checked at the start (vdso.c)",
    "linux_sys_light_gettimeofday": "the same",
    "linux_sys_light_time": "the same",
}


def read_functions(objdump, program):
    """What lies between one symbol and the next: [address, name, instructions (name, operands)]."""
    command = [objdump, "-d", "--no-show-raw-insn", program]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    functions = []
    for line in text.splitlines():
        header = re.match(r"([0-9a-f]+) <(.+)>:$", line)
        if header:
            functions.append([int(header.group(1), 16), header.group(2), []])
            continue
        insn = re.match(r"\s+[0-9a-f]+:\s+(?:(?:bnd|notrack|lock|rep[a-z]*)\s+)*(\S+)\s*(.*)", line)
        if insn and functions:
            operands = re.sub(r"\s+(# |//).*", "", insn.group(2))
            functions[-1][2].append((insn.group(1), operands))
    functions.sort(key=lambda function: function[0])
    return functions


def check(functions, patterns, roots):
    """Problems found, and how many functions were looked at."""
    name_pattern, operand_pattern = patterns
    starts = [address for address, _, _ in functions]
    waiting = [i for i, function in enumerate(functions) if function[1] in roots]
    seen, problems = set(), []
    if len(waiting) != len(roots):
        problems.append(f"of {sorted(roots)} the program has {len(waiting)}")
    while waiting:
        index = waiting.pop()
        _, name, body = functions[index]
        base = re.sub(r"@.*|\.(part|cold|isra|constprop).*", "", name)
        if index in seen or base in ENDS | NEVER_RETURN:
            continue
        seen.add(index)
        if "@" in name:
            problems.append(f"{name} is not of the program")
            continue
        falls_through = True
        for insn, operands in body:
            place = re.search(r"\b(?:0x)?([0-9a-f]+) <([^>+]+)", operands)
            plain = re.sub(r"<[^>]*>", "", operands)
            if re.match(name_pattern, insn) or re.search(operand_pattern, plain):
                problems.append(f"{name}: {insn} {operands}")
            branch = re.match(r"(call|j|bl?$|b\.|blr|br$|cbn?z|tbn?z)", insn)
            if branch and place:
                waiting.append(bisect.bisect_right(starts, int(place.group(1), 16)) - 1)
            elif branch and base not in INDIRECT:
                problems.append(f"{name}: {insn} {operands} leads anywhere")
            if not re.match(r"(nop|xchg|data16|cs$|int3|udf|hlt)", insn):
                never = place and place.group(2).split("@")[0] in NEVER_RETURN
                falls_through = not (re.match(r"(ret|jmp|b$|br$|ud2|brk)", insn) or never)
        if falls_through and index + 1 < len(functions):
            waiting.append(index + 1)
    return problems, len(seen)


def main():
    objdump, program, table, patterns = sys.argv[1:]
    functions = read_functions(objdump, program)
    with open(patterns, encoding="utf-8") as lines:
        *patterns, more = [line.rstrip("\n") for line in lines if line[0] != "#"]
    more = more.split()
    handlers = set()
    with open(table, encoding="utf-8") as lines:
        for line in lines:
            call = re.match(r"CALL\(\w+, \w+, \w+, \w+, (\w+)", line)
            if call and call.group(1) != "none":
                handlers.add("linux_sys_" + call.group(1))
    if len(handlers) < 10:
        sys.exit(f"FAILED: only {len(handlers)} light handlers found in {table}")
    roots = {"machine_syscall", "linux_serve_light", "linux_light_done"} | handlers
    roots |= set(more)
    problems, count = check(functions, patterns, roots)
    for problem in problems:
        print("FAILED:", problem)
    # The full way does use them, so what finds nothing above can find something.
    for other in ("machine_return", "linux_sys_openat"):
        if not check(functions, patterns, {other})[0]:
            problems.append(other)
            print(f"FAILED: nothing is found in {other}, either")
    print(f"{count} functions of {len(handlers)} light handlers")
    return 1 if problems else 0


sys.exit(main())
