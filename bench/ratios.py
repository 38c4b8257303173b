# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Ratios of runs, their geometric means, and how sure they are.

run[workload][configuration] is a list of seconds. All ratios are to the configuration `native`.
"""

import math
import random
import statistics

RESAMPLES = 1000


def ratios(run, others, choose):
    return {w: {c: choose(row[c]) / choose(row["native"]) for c in others} for w, row in run.items()}


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def quantiles(values, share=0.95):
    """The bounds between which `share` of the values lie."""
    values = sorted(values)
    cut = round((1 - share) / 2 * (len(values) - 1))
    return values[cut], values[-1 - cut]


def interval_of_ratio(native, other, choose, resamples=RESAMPLES):
    """Bootstrap interval of one ratio: its runs drawn again, with replacement."""
    source = random.Random(1)
    return quantiles([choose(source.choices(other, k=len(other))) / choose(source.choices(native, k=len(native)))
                      for _ in range(resamples)])


def interval_of_mean(run, configuration, choose, resamples=RESAMPLES):
    """Bootstrap interval of a geometric mean: workloads drawn again, and for each its runs."""
    source = random.Random(1)
    rows = [(row["native"], row[configuration]) for row in run.values()]
    means = []
    for _ in range(resamples):
        logs = 0.0
        for native, other in source.choices(rows, k=len(rows)):
            logs += math.log(choose(source.choices(other, k=len(other))) / choose(source.choices(native, k=len(native))))
        means.append(math.exp(logs / len(rows)))
    return quantiles(means)
