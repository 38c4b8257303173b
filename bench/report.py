# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns measurements into a table (Markdown), CSV files and a plot."""

import csv
import math
import statistics

from workloads import COUNTING, KERNELS

# What is expected of mode `full`, as a ratio to native.
EXPECTED = {"code size": 1.40, "compile time": 1.15, "run time": 1.10}
# MB/s.
EXPECTED_SPEED = {"rewriter": 60, "verifier": 150,
                  **{f"verifier, {counting.NAME}": counting.EXPECTED_VERIFIER for counting in COUNTING.values()}}


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def write(results, configurations, workloads, machine, args, work):
    """results: any of "run" (with "size"), "compile" and "tools"."""
    work.mkdir(exist_ok=True)
    clock = 0 if args.clock == "cpu" else 1
    lines = [f"Machine: {machine}. {args.rounds} runs of each program, pinned to one processor; "
             f"{'processor' if clock == 0 else 'wall clock'} time.", ""]
    files = ["results.md", "runs.csv"]
    if "run" in results:
        lines += write_run(results, configurations, machine, clock, work)
        files += ["sizes.csv", "run-time.svg", "run-time.png"]
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


def write_run(results, configurations, machine, clock, work):
    """Lines of what running, code size and compiling give; writes the plot."""
    others = [c.name for c in configurations[1:]]
    run = {w: {c: [sample[clock] for sample in samples] for c, samples in row.items()}
           for w, row in results["run"].items()}
    minima = ratios(run, others, min)
    medians = ratios(run, others, statistics.median)
    sizes = {p: {c: results["size"][c][p] / results["size"]["native"][p] for c in results["size"] if c != "native"}
             for p in results["size"]["native"]}

    lines = table("Run time: minima, relative to native", run, minima, others, min)
    lines += table("Run time: medians, relative to native", run, medians, others, statistics.median)
    lines += size_table(results["size"], sizes)
    verdicts = []
    if "full" in others:
        verdicts.append(("run time", "minima, all", mean_of(minima, "full")))
        verdicts.append(("run time", "medians, all", mean_of(medians, "full")))
        programs = {name: row for name, row in minima.items() if not is_kernel(name)}
        if programs:
            verdicts.append(("run time", "minima, programs without kernels", mean_of(programs, "full")))
        verdicts.append(("code size", "all", mean_of(sizes, "full")))
    if "compile" in results and "full" in results["compile"]:
        compile_min = {c: min(s[clock] for s in samples) for c, samples in results["compile"].items()}
        verdicts.append(("compile time", f"sqlite3.c, {compile_min['native']:.1f} s natively",
                         compile_min["full"] / compile_min["native"]))
    lines += ["### Mode `full` against its targets", "", "| what | how | measured | expected | |", "|---|---|---:|---:|---|"]
    for what, how, value in verdicts:
        met = "met" if value <= EXPECTED[what] else "**not met**"
        lines.append(f"| {what} | {how} | {value:.3f} | {EXPECTED[what]:.2f} | {met} |")
    plot(minima, others, machine, "run time relative to native (minima); left of 1 is faster", work / "run-time")
    return lines + [""]


def ratios(run, others, choose):
    return {w: {c: choose(row[c]) / choose(row["native"]) for c in others} for w, row in run.items()}


def mean_of(rows, column):
    return geometric_mean(row[column] for row in rows.values())


def table(title, run, relative, others, choose):
    lines = [f"### {title}", "", "| program | native, s | " + " | ".join(others) + " |",
             "|---|---:|" + "---:|" * len(others)]
    for workload, row in relative.items():
        lines.append(f"| {workload} | {choose(run[workload]['native']):.3f} | "
                     + " | ".join(f"{row[c]:.3f}" for c in others) + " |")
    return lines + means(relative, others) + [""]


def means(relative, columns):
    """Rows with the geometric means of the programs, of the kernels, and of all together."""
    lines = []
    groups = {"programs": lambda name: not is_kernel(name), "kernels": is_kernel, "all": lambda name: True}
    for title, chosen in groups.items():
        rows = {name: row for name, row in relative.items() if chosen(name)}
        if rows:
            lines.append(f"| **geometric mean, {title}** | | "
                         + " | ".join(f"**{mean_of(rows, c):.3f}**" for c in columns) + " |")
    return lines


def is_kernel(name):
    return name.startswith("kernel ") or name in KERNELS


def size_table(sizes, relative):
    columns = [c for c in sizes if c != "native"]
    lines = ["### Code size: bytes of executable sections, relative to native", "",
             "| program | native, bytes | " + " | ".join(columns) + " |", "|---|---:|" + "---:|" * len(columns)]
    for program, size in sizes["native"].items():
        lines.append(f"| {program} | {size} | " + " | ".join(f"{relative[program][c]:.3f}" for c in columns) + " |")
    return lines + means(relative, columns) + [""]


def write_csv(results, work):
    with open(work / "runs.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["workload", "configuration", "round", "cpu_seconds", "wall_seconds"])
        rows = dict(results.get("run", {}))
        if "compile" in results:
            rows["compile sqlite3.c"] = results["compile"]
        if "tools" in results:
            rows |= {f"tool {tool}": {"full": samples} for tool, (_, samples) in results["tools"].items()}
        for workload, row in rows.items():
            for configuration, samples in row.items():
                for number, (cpu, wall) in enumerate(samples):
                    out.writerow([workload, configuration, number, f"{cpu:.6f}", f"{wall:.6f}"])
    if "size" not in results:
        return
    with open(work / "sizes.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["program", "configuration", "code_bytes"])
        for configuration, row in results["size"].items():
            for program, size in row.items():
                out.writerow([program, configuration, size])


def write_counts(results, names, expected, work):
    """results[workload][configuration]: blocks.Counts; expected[configuration]: a mean. Returns the means of all by configuration."""
    others = names[1:]
    relative = {w: {c: row[c].program / row["native"].program for c in others} for w, row in results.items()}
    title = "Executed instructions of the program, relative to native"
    lines = [f"### {title}", "", "| program | native, million | " + " | ".join(others) + " |",
             "|---|---:|" + "---:|" * len(others)]
    for workload, row in relative.items():
        lines.append(f"| {workload} | {results[workload]['native'].program / 1e6:.1f} | "
                     + " | ".join(f"{row[c]:.3f}" for c in others) + " |")
    lines += means(relative, others) + [""]
    for c in others:
        if c in expected:
            lines += count_details(results, c)
    text = "\n".join(lines + count_verdicts(relative, others, expected)) + "\n"
    (work / "counts.md").write_text(text)
    print(text)
    with open(work / "counts.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["workload", "configuration", "program", "runtime", "start",
                      *(f"{register}_guards" for register in guards_of(results))])
        for workload, row in results.items():
            for c, counts in row.items():
                out.writerow([workload, c, counts.program, counts.runtime, counts.start, *counts.guards.values()])
    plot(relative, others, title, "instructions relative to native", work / "counts")
    print(f"Written: {work}/counts.md, counts.csv, counts.svg, counts.png")
    return {c: mean_of(relative, c) for c in others}


def count_verdicts(relative, others, expected):
    """Lines of a table."""
    lines = ["### Against the targets", "", "| mode | geometric mean of | measured | against native with frame pointers | expected | |",
             "|---|---|---:|---:|---:|---|"]
    for c in others:
        for what, chosen in ("programs", lambda name: not is_kernel(name)), ("all", lambda name: True):
            rows = {name: row for name, row in relative.items() if chosen(name)}
            if c in expected and rows:
                value = mean_of(rows, c)
                verdict = "met" if value <= expected[c] else "**not met**"
                lines.append(f"| `{c}` | {what} | {value:.3f} | {value / mean_of(rows, 'frame pointers'):.3f} "
                             f"| {expected[c]:.2f} | {verdict} |")
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


def plot(relative, others, title, label, path):
    """Bars; files PATH.svg and PATH.png."""
    try:
        import matplotlib
    except ImportError:
        print("bench: no plot: python3-matplotlib is not installed")
        return
    matplotlib.use("svg")
    from matplotlib import pyplot

    names = list(relative) + ["geometric mean"]
    figure, axes = pyplot.subplots(figsize=(10, 0.42 * len(names) + 1.5))
    height = 0.8 / len(others)
    for k, configuration in enumerate(others):
        values = [relative[w][configuration] for w in relative] + [mean_of(relative, configuration)]
        places = [-i + 0.4 - (k + 0.5) * height for i in range(len(names))]
        axes.barh(places, [v - 1 for v in values], height, left=1, label=configuration)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks([-i for i in range(len(names))], names)
    axes.set_xlabel(label)
    axes.set_title(title, fontsize=9)
    axes.grid(axis="x", linewidth=0.3)
    axes.legend(loc="lower right", fontsize=8)
    figure.tight_layout()
    for suffix in "svg", "png":
        figure.savefig(path.with_suffix(f".{suffix}"), dpi=120)
    pyplot.close(figure)
