# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs workloads: once for their output, then in rounds for their time."""

import os
import shutil
import signal
import subprocess
import sys
import time


def words_of(configuration, command, sdk, folder):
    """The command line of a Command in a configuration; it will start in `folder`."""
    words = [str(command.program), *map(str, command.arguments)]
    if configuration.box is None:
        return words
    options = list(configuration.box)
    if "--restricted" in options:
        for path in dict.fromkeys([*command.reads, folder]):
            options.append(f"--dir={path}={path}")
        options.append(f"--wd={folder}")
    return [str(sdk / "bin/lfi-run"), *options, *words]


def once(words, stdin=os.devnull, cpu=None, folder=None, output=subprocess.DEVNULL, errors=subprocess.DEVNULL):
    """Runs a command; returns (cpu, wall) seconds and its exit status."""
    with open(stdin, "rb") as source:
        start = time.perf_counter()
        child = subprocess.Popen(words, stdin=source, stdout=output, stderr=errors, cwd=folder,
                                 preexec_fn=None if cpu is None else lambda: os.sched_setaffinity(0, {cpu}))
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return (usage.ru_utime + usage.ru_stime, wall), child.returncode


def emptied(work):
    folder = work / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def output_of(configuration, suite, workload, sdk, work):
    """What a workload leaves behind: {file name: contents}, "-" is standard output; or None and a message."""
    command, folder = suite.command(configuration, workload), emptied(work)
    words = words_of(configuration, command, sdk, folder)
    with open(work / "stdout", "wb") as out, open(work / "stderr", "wb") as errors:
        _, status = once(words, command.stdin, None, folder, out, errors)
    if status != 0:
        text = (work / "stderr").read_text(errors="replace")[-1000:]
        return None, f"exit status {status} of {' '.join(words)}\n{text}"
    found = {"-": (work / "stdout").read_bytes()}
    found |= {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found, None


def check(args, configurations, rows, sdk, work):
    """A program that computes something else than its native twin must not be measured."""
    bad = []
    for suite, workload in rows:
        native = None
        for c in configurations:
            found, message = output_of(c, suite, workload, sdk, work)
            if found is not None and native is None:
                native = found
            if found is None or not suite.same(workload, native, found):
                bad.append(f"{workload.name}: {c.name}: {message or 'gives another result than native'}")
                break
    if bad:
        sys.exit("\n".join(f"bench: {line}" for line in bad))
    print(f"bench: {len(rows)} workloads give the same in {len(configurations)} configurations", file=sys.stderr)
    return rows


def times(args, configurations, rows, sdk, work):
    """times[workload][configuration] = list of (cpu, wall); rounds interleaved, order rotated. Ctrl-C ends it early:
    the rounds that are complete are reported."""
    found = {w.name: {c.name: [] for c in configurations} for _, w in rows}
    start, done = time.monotonic(), 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while done < args.rounds:
            for suite, workload in rows:
                shift = done % len(configurations)
                for c in configurations[shift:] + configurations[:shift]:
                    command, folder = suite.command(c, workload), emptied(work)
                    words = words_of(c, command, sdk, folder)
                    sample, status = once(words, command.stdin, args.cpu, folder)
                    if status != 0:
                        sys.exit(f"bench: exit status {status} of {' '.join(words)}")
                    found[workload.name][c.name].append(sample)
            done += 1
            print(f"bench: round {done} of {args.rounds}, {time.monotonic() - start:.0f} s", file=sys.stderr)
    except KeyboardInterrupt:
        if done == 0:
            sys.exit("bench: interrupted in the first round")
        print(f"bench: interrupted: {done} rounds are reported", file=sys.stderr)
        args.rounds = done
    return {w: {c: samples[:done] for c, samples in row.items()} for w, row in found.items()}
