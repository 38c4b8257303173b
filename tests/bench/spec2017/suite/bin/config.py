# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Configuration files as SPEC documents them: preprocessor, sections, merging, variables.

Stricter than SPEC's: what it does not know is an error, so that a mistake in a file does not pass as a setting
that nobody reads.
"""

import re

# Options of runcpu that our files may use; a name with a capital letter is a variable of make.
OPTIONS = {"action", "backup_config", "command_add_redirect", "copies", "ignore_errors", "iterations", "label",
           "makeflags", "output_format", "reportable", "size", "submit", "sysinfo_program", "tune",
           "use_submit_for_compare", "use_submit_for_speed", "verify_binaries"}
# These are the same for all benchmarks.
HEADER_ONLY = {"action", "backup_config", "ignore_errors", "iterations", "label", "makeflags", "output_format",
               "reportable", "size", "sysinfo_program", "tune", "use_submit_for_compare", "verify_binaries"}
DEFAULTS = {"action": "validate", "backup_config": "1", "command_add_redirect": "0", "copies": "1", "iterations": "3",
            "label": "none", "makeflags": "", "output_format": "txt", "reportable": "0", "size": "ref", "submit": "",
            "tune": "base", "use_submit_for_compare": "0", "use_submit_for_speed": "0", "verify_binaries": "1",
            "ignore_errors": "0", "sysinfo_program": "sysinfo"}
VARIABLE = re.compile(r"[A-Z]\w*$")
SETTING = re.compile(r"([A-Za-z_]\w*)\s*=\s*(.*)$")
SECTION = re.compile(r"([\w.,-]+)(?:=([\w,]+))?(?:=([\w.,-]+))?:$")
HASHES = "__HASH__:"


class Error(Exception):
    pass


class Config:
    def __init__(self, text, macros, top, suites):
        """suites: {suite: benchmarks in it}"""
        self.top, self.suites = top, suites
        text = text.split(HASHES)[0]
        self.sections = list(sections_of(preprocess(text, dict(macros))))

    def options(self, benchmark="default", tune="base", label=None):
        """The settings for a benchmark; the most specific section decides, and in it the last line."""
        found = []
        for order, (marker, settings) in enumerate(self.sections):
            rank = self.rank(marker, benchmark, tune, label)
            if rank:
                found.append((rank, order, settings))
        merged = dict(DEFAULTS)
        for _, _, settings in sorted(found, key=lambda item: item[:2]):
            merged.update(settings)
        return {name: self.startup(value, merged) for name, value in merged.items()}

    def rank(self, marker, benchmark, tune, label):
        """How specific a section is for a benchmark; None if it is for others."""
        names, tunes, labels = marker
        if benchmark in names:
            first = 2
        elif any(benchmark in self.suites.get(name, ()) for name in names):
            first = 1
        elif "default" in names:
            first = 0
        else:
            return None
        if not ({tune, "default"} & tunes and {label, "default"} & labels):
            return None
        return first, tune in tunes, label in labels

    def startup(self, value, settings):
        """Replaces $[name]."""
        def named(match):
            name = match.group(1)
            if name == "top":
                return str(self.top)
            if name not in settings:
                raise Error(f"$[{name}]: no such setting")
            return settings[name]
        return re.sub(r"\$\[(\w+)\]", named, value)


def preprocess(text, macros):
    """The lines that the preprocessor leaves, with their numbers."""
    conditions = []  # of each %if: [whether a branch was taken, whether this one is]
    for number, line in enumerate(text.split("\n"), 1):
        active = all(taken for _, taken in conditions)
        match = re.match(r"%\s*(\w+)\s*(.*)$", line)
        if not match:
            if line.startswith("%"):
                raise Error(f"line {number}: not a directive: {line}")
            if active:
                yield number, line if line.lstrip().startswith("#") else expand(line, macros, number)
            continue
        word, rest = match.group(1), match.group(2).strip()
        if word in ("ifdef", "ifndef"):
            taken = (re.fullmatch(r"%?\{?(\w+)\}?", rest).group(1) in macros) == (word == "ifdef")
            conditions.append([taken, taken])
        elif word == "if":
            taken = active and condition(rest, macros, number)
            conditions.append([taken, taken])
        elif word == "elif":
            taken = not conditions[-1][0] and condition(rest, macros, number)
            conditions[-1] = [conditions[-1][0] or taken, taken]
        elif word == "else":
            conditions[-1] = [True, not conditions[-1][0]]
        elif word == "endif":
            conditions.pop()
        elif not active:
            pass
        elif word == "define":
            name, _, value = rest.partition(" ")
            macros[name] = expand(re.sub(r'^"(.*)"$', r"\1", value.strip()), macros, number)
        elif word == "undef":
            macros.pop(rest, None)
        elif word == "error":
            raise Error(f"line {number}: {expand(rest, macros, number)}")
        else:
            raise Error(f"line {number}: unknown directive %{word}")
    if conditions:
        raise Error("an %if has no %endif")


def expand(text, macros, number):
    def named(match):
        if match.group(1) not in macros:
            raise Error(f"line {number}: macro {match.group(0)} is not defined")
        return macros[match.group(1)]
    return re.sub(r"%\{(\w+)\}", named, text)


def condition(text, macros, number):
    match = re.fullmatch(r"'([^']*)'\s*(eq|ne)\s*'([^']*)'", expand(text, macros, number))
    if not match:
        raise Error(f"line {number}: a condition that this preprocessor does not know: {text}")
    return (match.group(1) == match.group(3)) == (match.group(2) == "eq")


def sections_of(lines):
    """(benchmarks, tunings, labels), settings of each section."""
    marker, settings = ({"default"}, {"default"}, {"default"}), {}
    header = True
    pending = ""
    for number, line in lines:
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if line.endswith("\\"):
            pending += line[:-1]
            continue
        line, pending = (pending + line).strip(), ""
        if not line:
            continue
        section, setting = SECTION.match(line), SETTING.match(line)
        if section:
            yield marker, settings
            marker = tuple(set((part or "default").split(",")) for part in section.groups())
            settings, header = {}, False
        elif setting:
            name, value = setting.groups()
            if name not in OPTIONS and not VARIABLE.match(name):
                raise Error(f"line {number}: unknown option '{name}'")
            if name in HEADER_ONLY and not header:
                raise Error(f"line {number}: '{name}' belongs before the first section")
            settings[name] = value
        else:
            raise Error(f"line {number}: neither a section nor a setting: {line}")
    yield marker, settings


def interpolate(text, values):
    """Replaces $name and ${name} as a run does; \\$ is left to the shell."""
    def named(match):
        if match.group(0) == r"\$":
            return "$"
        name = match.group(1) or match.group(2)
        if name not in values:
            raise Error(f"{match.group(0)}: no such variable")
        return values[name]
    return re.sub(r"\\\$|\$\{(\w+)\}|\$(\w+)", named, text)
