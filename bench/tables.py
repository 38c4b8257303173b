# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns measurements into tables (Markdown), CSV files and plots."""

import csv
import statistics

import plot
from configurations import COUNTING
from ratios import geometric_mean, interval_of_mean, interval_of_ratio, ratios

# What is expected of a configuration and a mean, as a ratio to native.
EXPECTED = {("run time", "full", "all"): 1.10, ("run time", "full", "programs"): 1.10,
            ("run time", "full, unverified", "all"): 1.05, ("run time", "full, unverified", "programs"): 1.06,
            ("code size", "full", "all"): 1.33, ("compile time", "full", "sqlite3.c"): 1.10}
# MB/s.
EXPECTED_SPEED = {"rewriter": 120, "verifier": 450,
                  **{f"verifier, {counting.NAME}": counting.EXPECTED_VERIFIER for counting in COUNTING.values()}}
COLUMNS = ["suite", "workload", "configuration", "round", "cpu_seconds", "wall_seconds"]


def write(results, machine, args, work):
    """results: any of "run" (with "title", and "size" if known), "compile" and "tools"."""
    work.mkdir(exist_ok=True)
    clock = 0 if args.clock == "cpu" else 1
    what = "processor" if clock == 0 else "wall clock"
    lines = [f"Machine: {machine}. {args.rounds} runs of each program, interleaved, pinned to one processor; "
             f"{what} time.", ""]
    files = ["results.md", "runs.csv"]
    if "run" in results:
        lines += write_run(results, machine, clock, work)
        files += ["run-time-*.svg"]
    if "size" in results:
        files += ["sizes.csv"]
    if "tools" in results:
        lines += ["### Speed of the tools", "", "| tool | bytes | best time | MB/s | expected | |", "|---|---:|---:|---:|---:|---|"]
        for tool, (size, samples) in results["tools"].items():
            best = min(sample[clock] for sample in samples)
            speed, expected = size / best / 1e6, EXPECTED_SPEED[tool]
            lines.append(f"| {tool} | {size} | {best * 1000:.2f} ms | {speed:.0f} | {expected} | "
                         f"{'met' if speed >= expected else '**not met**'} |")
    text = "\n".join(lines) + "\n"
    (work / "results.md").write_text(text)
    print(text)
    write_csv(results, work)
    print(f"Written to {work}: {', '.join(files)}")


def write_run(results, machine, clock, work):
    """Lines of what running, code size and compiling give; writes the plots."""
    run = {w: {c: [sample[clock] for sample in samples] for c, samples in row.items()}
           for w, row in results["run"].items()}
    others = [c for c in next(iter(run.values())) if c != "native"]
    titles = results["title"]
    lines, verdicts = [], []
    for name, choose in ("minima", min), ("medians", statistics.median):
        relative = ratios(run, others, choose)
        lines += [f"### Run time: {name}, relative to native", ""]
        lines += table(["native, s"], {w: [f"{choose(run[w]['native']):.3f}"] for w in run}, relative, others, titles)
        lines += ["", *intervals(run, others, choose, titles), ""]
        for c in others:
            verdicts += [("run time", c, title, name, mean_of(rows, c)) for title, rows in groups(relative, titles)]
    if "size" in results:
        sizes = results["size"]
        columns = [c for c in next(iter(sizes.values())) if c != "native"]
        relative = {w: {c: row[c] / row["native"] for c in columns} for w, row in sizes.items()}
        lines += ["### Code size: bytes of executable sections, relative to native", ""]
        lines += table(["native, bytes"], {w: [str(row["native"])] for w, row in sizes.items()}, relative, columns, titles)
        lines.append("")
        verdicts += [("code size", c, "all", "", mean_of(relative, c)) for c in columns]
    if "full" in results.get("compile", {}):
        best = {c: min(s[clock] for s in samples) for c, samples in results["compile"].items()}
        verdicts.append(("compile time", "full", "sqlite3.c", f"{best['native']:.1f} s natively", best["full"] / best["native"]))
    verdicts = [(*verdict, EXPECTED[verdict[:3]]) for verdict in verdicts if verdict[:3] in EXPECTED]
    if verdicts:
        lines += ["### Against the targets", "", "| what | configuration | of | how | measured | expected | |",
                  "|---|---|---|---|---:|---:|---|"]
    for *words, value, expected in verdicts:
        met = "met" if value <= expected else "**not met**"
        lines.append(f"| {' | '.join(words)} | {value:.3f} | {expected:.2f} | {met} |")
    for c in others:
        if c != "native again":
            plot_run(run, c, machine, work / f"run-time-{c.replace(', ', '-').replace(' ', '-')}.svg")
    return lines + [""]


def mean_of(rows, column):
    return geometric_mean(row[column] for row in rows.values())


def groups(rows, titles):
    """(title, rows) of each suite, if there are several, and of all."""
    kinds = list(dict.fromkeys(titles[w] for w in rows))
    for kind in kinds if len(kinds) > 1 else []:
        yield kind, {w: row for w, row in rows.items() if titles[w] == kind}
    yield "all", rows


def table(heads, before, relative, columns, titles):
    """A row for each workload and each geometric mean; before[workload]: cells left of the ratios."""
    lines = ["| program | " + " | ".join([*heads, *columns]) + " |", "|---|" + "---:|" * (len(heads) + len(columns))]
    for workload, row in relative.items():
        lines.append(f"| {workload} | " + " | ".join([*before[workload], *(f"{row[c]:.3f}" for c in columns)]) + " |")
    for title, rows in groups(relative, titles):
        lines.append(f"| **geometric mean, {title}** |" + " |" * len(heads) + " "
                     + " | ".join(f"**{mean_of(rows, c):.3f}**" for c in columns) + " |")
    return lines


def intervals(run, others, choose, titles):
    """Rows with the bootstrap interval of each geometric mean."""
    lines = ["| geometric mean | 95 % interval: " + " | ".join(others) + " |", "|---|" + "---|" * len(others)]
    for title, rows in groups(run, titles):
        cells = ["{:.3f} to {:.3f}".format(*interval_of_mean(rows, c, choose)) for c in others]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines


def plot_run(run, configuration, machine, path):
    rows = []
    medians = ratios(run, [c for c in next(iter(run.values())) if c != "native"], statistics.median)
    for w, row in run.items():
        noise = interval_of_ratio(row["native"], row[configuration], statistics.median)
        rows.append((w, medians[w][configuration], noise, medians[w].get("native again")))
    again = mean_of(medians, "native again") if "native again" in next(iter(run.values())) else None
    rows.append(("=geometric mean", mean_of(medians, configuration),
                 interval_of_mean(run, configuration, statistics.median), again))
    plot.bars(rows, f"Run time relative to native: {configuration}; medians",
              f"{machine}. Line: 95 % interval of the ratio. Circle: native again.", path)


def write_csv(results, work):
    with open(work / "runs.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        rows = [(results["title"][w], w, row) for w, row in results.get("run", {}).items()]
        if "compile" in results:
            rows.append(("tools", "compile sqlite3.c", results["compile"]))
        if "tools" in results:
            rows += [("tools", tool, {"full": samples}) for tool, (_, samples) in results["tools"].items()]
        for title, workload, row in rows:
            for configuration, samples in row.items():
                for number, (cpu, wall) in enumerate(samples):
                    out.writerow([title, workload, configuration, number, f"{cpu:.6f}", f"{wall:.6f}"])
    if "size" not in results:
        return
    with open(work / "sizes.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["workload", "configuration", "code_bytes"])
        for workload, row in results["size"].items():
            for configuration, size in row.items():
                out.writerow([workload, configuration, size])


def read_csv(paths):
    """What write_csv() wrote, of one or several files: results with "run" and "title"."""
    results = {"run": {}, "title": {}}
    for path in paths:
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                if list(row) != COLUMNS:
                    raise ValueError(f"{path}: the columns are not {','.join(COLUMNS)}")
                if row["suite"] != "tools":
                    results["title"][row["workload"]] = row["suite"]
                    samples = results["run"].setdefault(row["workload"], {}).setdefault(row["configuration"], [])
                    samples.append((float(row["cpu_seconds"]), float(row["wall_seconds"])))
    return results


def write_counts(results, titles, names, expected, work):
    """results[workload][configuration]: blocks.Counts; expected[configuration]: a mean. Returns the means of all by configuration."""
    others = names[1:]
    relative = {w: {c: row[c].program / row["native"].program for c in others} for w, row in results.items()}
    title = "Executed instructions of the program, relative to native"
    lines = [f"### {title}", ""]
    lines += table(["native, million"], {w: [f"{row['native'].program / 1e6:.1f}"] for w, row in results.items()}, relative,
                   others, titles)
    lines.append("")
    for c in others:
        if c in expected:
            lines += count_details(results, c)
    text = "\n".join(lines + count_verdicts(relative, others, expected, titles)) + "\n"
    (work / "counts.md").write_text(text)
    print(text)
    with open(work / "counts.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["suite", "workload", "configuration", "program", "runtime", "start",
                      *(f"{register}_guards" for register in guards_of(results))])
        for workload, row in results.items():
            for c, counts in row.items():
                out.writerow([titles[workload], workload, c, counts.program, counts.runtime, counts.start,
                              *counts.guards.values()])
    for c in others:
        rows = [(w, row[c], None, None) for w, row in relative.items()]
        rows.append(("=geometric mean", mean_of(relative, c), None, None))
        plot.bars(rows, f"{title}: {c}", "Counted in an emulator; counts have no noise.", work / f"counts-{c.replace(' ', '-')}.svg")
    print(f"Written: {work}/counts.md, counts.csv, counts-*.svg")
    return {c: mean_of(relative, c) for c in others}


def count_verdicts(relative, others, expected, titles):
    """Lines of a table."""
    lines = ["### Against the targets", "", "| mode | geometric mean of | measured | against native with frame pointers | expected | |",
             "|---|---|---:|---:|---:|---|"]
    for c in others:
        for what, rows in groups(relative, titles):
            if c in expected and what != "kernels":
                value = mean_of(rows, c)
                verdict = "met" if value <= expected[c] else "**not met**"
                default = f"{value / mean_of(rows, 'frame pointers'):.3f}" if "frame pointers" in others else ""
                lines.append(f"| `{c}` | {what} | {value:.3f} | {default} | {expected[c]:.2f} | {verdict} |")
    return lines


def guards_of(results):
    """The registers whose guards are counted."""
    return list(next(iter(next(iter(results.values())).values())).guards)


def count_details(results, configuration):
    """What was added, in percent of the native instructions."""
    guards = guards_of(results)
    lines = [f"### Added in `{configuration}`, percent of the native instructions", "",
             f"| program | guards of `{'` | of `'.join(guards)}` | the rest | in the runtime | once, at the start, million |",
             "|---|" + "---:|" * len(guards) + "---:|---:|---:|"]
    for workload, row in results.items():
        native, boxed = row["native"].program, row[configuration]
        rest = boxed.program - native - sum(boxed.guards.values())
        shares = [*boxed.guards.values(), rest, boxed.runtime]
        lines.append(f"| {workload} | " + " | ".join(f"{100 * share / native:.2f}" for share in shares)
                     + f" | {boxed.start / 1e6:.1f} |")
    return lines + [""]
