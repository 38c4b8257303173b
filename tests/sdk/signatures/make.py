# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of random signatures and their shapes, for one architecture: make.py ARCH COUNT SEED FOLDER

functions.h  the functions, compiled for the box and for the host. f_N takes arguments and returns
             what it makes of them; b_N calls a function of that type and digests its result;
             v_N is variadic
table.c      for each, calls of both: signatures.c includes it
"""
import random
import sys

ARCH, COUNT, SEED, FOLDER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
X86 = ARCH == "x86_64"
INTEGERS = 6 if X86 else 8

# name: definition, fields; of x86-64: registers as an argument, or None and words; AArch64: class,
# number of registers; alignment in words; size
TYPES = {
    "i8": ("typedef int8_t i8;", None, "I", 0, ("I", 1), 1, 1),
    "u16": ("typedef uint16_t u16;", None, "I", 0, ("I", 1), 1, 2),
    "i32": ("typedef int32_t i32;", None, "I", 0, ("I", 1), 1, 4),
    "u64": ("typedef uint64_t u64;", None, "I", 0, ("I", 1), 1, 8),
    "f32": ("typedef float f32;", None, "V", 0, ("V", 1), 1, 4),
    "f64": ("typedef double f64;", None, "V", 0, ("V", 1), 1, 8),
    "ld": ("typedef long double ld;", None, None, 2, ("W", 1), 2, 16),
    "sc": ("typedef struct { i8 a, b, c; } sc;", "abc", "I", 0, ("I", 1), 1, 3),
    "si": ("typedef struct { u64 a; } si;", "a", "I", 0, ("I", 1), 1, 8),
    "sii": ("typedef struct { u64 a; i32 b; } sii;", "ab", "II", 0, ("I", 2), 1, 16),
    "sid": ("typedef struct { i32 a; f64 b; } sid;", "ab", "IV", 0, ("I", 2), 1, 16),
    "sdi": ("typedef struct { f64 a; i8 b; } sdi;", "ab", "VI", 0, ("I", 2), 1, 16),
    "sff": ("typedef struct { f32 a, b; } sff;", "ab", "V", 0, ("V", 2), 1, 8),
    "sfff": ("typedef struct { f32 a, b, c; } sfff;", "abc", "VV", 0, ("V", 3), 1, 12),
    "sdd": ("typedef struct { f64 a, b; } sdd;", "ab", "VV", 0, ("V", 2), 1, 16),
    "sd4": ("typedef struct { f64 a, b, c, d; } sd4;", "abcd", None, 4, ("V", 4), 1, 32),
    "sl": ("typedef struct { ld a; } sl;", "a", None, 2, ("W", 1), 2, 16),
    "sbig": ("typedef struct { u64 a, b; f32 c; } sbig;", "abc", None, 3, ("M", 24), 1, 24),
}
SCALARS = [t for t in TYPES if TYPES[t][1] is None]
FIELD = {"sc": "i8", "sii": ["u64", "i32"], "sid": ["i32", "f64"], "sdi": ["f64", "i8"],
         "sbig": ["u64", "u64", "f32"], "sl": "ld", "si": "u64"}


def field_type(t, i):
    f = FIELD.get(t, "f32" if t.startswith("sf") else "f64")
    return f if isinstance(f, str) else f[i]


def assign(types, hidden=0):
    """integers, vectors, words, wide"""
    i, v, w, wide = hidden, 0, 0, False
    for t in types:
        _, _, regs, words, (kind, n), align, _ = TYPES[t]
        if X86:
            need = (regs.count("I"), regs.count("V")) if regs else None
            if need and i + need[0] <= 6 and v + need[1] <= 8:
                i, v = i + need[0], v + need[1]
                continue
            w += w % align
            w += words or len(regs)
        else:
            if kind == "I":
                if i + n <= 8:
                    i += n
                    continue
                i = 8
                w += n
            else:
                if v + n <= 8:
                    v += n
                    wide |= kind == "W"
                    continue
                v = 8
                w += w % align
                w += (TYPES[t][6] + 7) // 8
    return i, v, w, wide


def shape(types, result):
    _, _, regs, _, (kind, n), _, size = TYPES[result]
    wide, extra = False, ""
    hidden = 0
    if X86:
        if result in ("ld", "sl"):
            extra = "|LFI_SHAPE_X87(1)"
        elif regs is None:
            extra, hidden = f"|LFI_SHAPE_MEMORY({size})", 1
            if True:
                extra += "|LFI_SHAPE_RESULT(0,0)"
        else:
            extra = f"|LFI_SHAPE_RESULT({regs.count('I')},{regs.count('V')})"
    elif kind == "M":
        extra = f"|LFI_SHAPE_MEMORY({size})"
    else:
        wide = kind == "W"
        extra = f"|LFI_SHAPE_RESULT({n if kind == 'I' else 0},{0 if kind == 'I' else n})"
    i, v, w, wide2 = assign(types, hidden)
    return f"LFI_SHAPE({i},{v},{w}){extra}" + ("|LFI_SHAPE_WIDE" if wide or wide2 else "")


def main():
    rng = random.Random(SEED)
    h = ["#include <stdarg.h>", "#include <stdint.h>", "#ifndef FN", "#define FN", "#endif"]
    c = []
    for t, (definition, fields, *_) in TYPES.items():
        h.append(definition)
        if fields is None:
            h.append(f"static inline u64 d_{t}({t} x) {{ return (u64)(int64_t)x * 31 + 7; }}"
                     if t != "i8" and t != "u16" and t != "i32" else
                     f"typedef uint64_t u64;\nstatic inline u64 d_{t}({t} x) {{ return (u64)(int64_t)x * 31 + 7; }}")
            h.append(f"static inline {t} m_{t}(u64 x) {{ return ({t})(int64_t)(x % 1000003); }}")
        else:
            h.append(f"static inline u64 d_{t}({t} x) {{ u64 r = 1;")
            h += [f"  r = r * 131 + d_{field_type(t, i)}(x.{f});" for i, f in enumerate(fields)]
            h.append("  return r; }")
            h.append(f"static inline {t} m_{t}(u64 x) {{ {t} r;")
            h += [f"  r.{f} = m_{field_type(t, i)}(x + {i});" for i, f in enumerate(fields)]
            h.append("  return r; }")
    for n in range(COUNT):
        usable = [t for t in TYPES if X86 or t != "sbig"]  # AArch64 passes its address
        types = [rng.choice(usable) for _ in range(rng.choice([0, 1, 2, 3, 4, 6, 9, 14]))]
        result = rng.choice(list(TYPES))
        declare = ", ".join(f"{t} a{i}" for i, t in enumerate(types)) or "void"
        pass_on = ", ".join(f"m_{t}(s * {i + 3})" for i, t in enumerate(types))
        mix = "".join(f" r = r * 1009 + d_{t}(a{i});" for i, t in enumerate(types))
        h.append(f"typedef {result} t_{n}({', '.join(types) or 'void'});")
        h.append(f"FN {result} f_{n}({declare}) {{ u64 r = {n};{mix} return m_{result}(r); }}")
        h.append(f"FN u64 b_{n}(t_{n} *f, u64 s) {{ return d_{result}(f({pass_on})) * 3 + 1; }}")
        sh = shape(types, result)
        c.append(f"{{ u64 s = {n} * 77 + 5; {result} want = f_{n}({pass_on}); {result} got = "
                 f"((t_{n} *)lfi_gate(context, F[{n}], {sh}))({pass_on});"
                 f" check(\"f_{n}\", d_{result}(want), d_{result}(got));"
                 f" u64 stub = stub_for((lfi_gate_fn *)f_{n}, {sh});"
                 f" check(\"b_{n}\", b_{n}(f_{n}, s), ((u64 (*)(u64, u64))lfi_gate(context, B[{n}], LFI_SHAPE(2,0,0)))(stub, s));"
                 f" lfi_box_uncallback(box, stub); }}")
    for n in range(COUNT // 8):
        types = [rng.choice(["u64", "f64", "ld", "sii", "sdd"]) for _ in range(rng.choice([1, 3, 7, 12]))]
        pass_on = "".join(f", m_{t}(s * {i + 3})" for i, t in enumerate(types))
        mix = "".join(f" r = r * 1009 + d_{t}(va_arg(l, {t}));" for t in types)
        h.append(f"FN u64 v_{n}(u64 r, ...) {{ va_list l; va_start(l, r);{mix} va_end(l); return r; }}")
        c.append(f"{{ u64 s = {n} * 7 + 1; check(\"v_{n}\", v_{n}(s{pass_on}), ((u64 (*)(u64, ...))"
                 f"lfi_gate(context, V[{n}], {shape(['u64'] + types, 'u64')}))(s{pass_on})); }}")
    open(f"{FOLDER}/functions.h", "w").write("\n".join(h) + "\n")
    open(f"{FOLDER}/table.c", "w").write("\n".join(c) + "\n")


main()
