#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random AArch64 functions for run.c: generate.py SEED COUNT NAME

Writes assembly to standard output: functions, the table NAME_cases, and for the name `original` how many there are.
The same seed and count give the same functions.

A function has registers of four kinds, and keeps to them: pointers into the area, which stay within REACH of its middle;
positive (0 ... 255) and negative (-256 ... -1) indices; loop counters; and data. So that it does without faults what
it does, whatever the data is.
"""
import random
import sys

AREA, AREA_SIZE = 0x540000000, 0x50000
REACH = 0x10000  # of pointers, to both sides of the middle
CONDITIONS = "eq ne hs lo mi pl vs vc hi ls ge lt gt le".split()


class TooFar(Exception):
    """A pointer might leave its range."""


class Function:
    def __init__(self, rng, number):
        self.rng = rng
        self.name = f"case_{number}"
        self.lines = []
        self.labels = 0
        self.reach = 0x400  # how far a pointer is from the middle at most
        free = [r for r in range(30) if r not in (25, 26, 27, 28)]
        rng.shuffle(free)
        take = lambda n: [free.pop() for _ in range(n)]
        self.pointers = take(rng.choice((1, 2, 3, 4)))
        self.positive = take(2)
        self.negative = take(1)
        self.counters = take(4)  # one a depth of loops, one for frames
        self.saved = take(1)[0]  # x30, or sp
        self.stacks = take(3)  # sp, one a depth
        self.data = free
        self.leaves = []  # functions to call
        self.frame = 0  # bytes at sp that may be used
        self.in_leaf = False

    # ---- text

    def put(self, *lines):
        for line in lines:
            self.lines.append("\t" + line)

    def label(self):
        self.labels += 1
        return f".L{self.name}_{self.labels}"

    def put_label(self, label):
        self.lines.append(label + ":")

    # ---- registers

    def one(self, registers, kind="x"):
        return f"{kind}{self.rng.choice(registers)}"

    def p(self):
        return self.one(self.pointers)

    def d(self, kind="x"):
        return self.one(self.data, kind)

    def two(self, kind="x"):
        a, b = self.rng.sample(self.data, 2)
        return f"{kind}{a}", f"{kind}{b}"

    def source(self, kind="x"):
        """What a store or an operation may read."""
        r = self.rng.random()
        if r < 0.1:
            return kind + "zr"
        if r < 0.2:
            return self.one(self.pointers + self.positive + self.negative, kind)
        return self.d(kind)

    def v(self, kind):
        return f"{kind}{self.rng.randrange(32)}"

    def move(self, distance):
        self.reach += abs(distance)
        if self.reach > REACH:
            raise TooFar

    # ---- memory operands

    def small(self, low, high, step=1):
        """A multiple of step, more often a small one or one at an end."""
        r = self.rng.random()
        if r < 0.5:
            low, high = max(low, -64), min(high, 64)
        elif r < 0.55:
            return low
        elif r < 0.6:
            return high
        return self.rng.randrange(low // step, high // step + 1) * step

    def operand(self, size, base=None, simple=False):
        """For ldr and str. Writes back only through a pointer that nothing else of the instruction is."""
        rng, p = self.rng, base or self.p()
        shift = size.bit_length() - 1
        kinds = ["none", "unsigned", "unscaled", "lsl", "lsl", "uxtw", "uxtw", "sxtw", "sxtx", "negative", "pre", "post"]
        kind = rng.choice(kinds[:3] if simple else kinds)
        amount = rng.choice((0, shift))
        by = f" #{amount}" if amount else ""
        if kind == "none":
            return f"[{p}]"
        if kind == "unsigned":
            return f"[{p}, #{self.small(0, 4095 * size, size)}]"
        if kind == "unscaled":
            return f"[{p}, #{self.small(-256, 255)}]"
        if kind == "lsl":
            index = self.one(self.positive)
            return f"[{p}, {index}, lsl #{amount}]" if amount else f"[{p}, {index}]"
        if kind == "uxtw":
            return f"[{p}, {self.one(self.positive, 'w')}, uxtw{by}]"
        if kind == "sxtw":
            return f"[{p}, {self.one(self.positive + self.negative, 'w')}, sxtw{by}]"
        if kind == "sxtx":
            return f"[{p}, {self.one(self.positive + self.negative)}, sxtx{by}]"
        if kind == "negative":
            index = self.one(self.negative)
            return f"[{p}, {index}, lsl #{amount}]" if amount else f"[{p}, {index}]"
        distance = self.small(-256, 255)
        self.move(distance)
        return f"[{p}, #{distance}]!" if kind == "pre" else f"[{p}], #{distance}"

    # ---- what accesses memory

    def other_than_base(self, operand, choose):
        """A register that the operand's base is not."""
        while True:
            r = choose()
            if r[1:] != operand[1:].split("]")[0].split(",")[0][1:]:
                return r

    def load_store(self):
        rng = self.rng
        loads = [("ldr", "x", 8), ("ldr", "w", 4), ("ldrb", "w", 1), ("ldrh", "w", 2), ("ldrsb", "x", 1), ("ldrsb", "w", 1),
                 ("ldrsh", "x", 2), ("ldrsh", "w", 2), ("ldrsw", "x", 4)]
        stores = [("str", "x", 8), ("str", "w", 4), ("strb", "w", 1), ("strh", "w", 2)]
        vectors = [("b", 1), ("h", 2), ("s", 4), ("d", 8), ("q", 16)]
        r = rng.random()
        if r < 0.3:
            name, kind, size = rng.choice(loads)
            target = kind + "zr" if rng.random() < 0.05 else self.d(kind)
            self.put(f"{name} {target}, {self.operand(size)}")
        elif r < 0.6:
            name, kind, size = rng.choice(stores)
            operand = self.operand(size)
            target = self.other_than_base(operand, lambda: self.source(kind))
            self.put(f"{name} {target}, {operand}")
        elif r < 0.8:
            kind, size = rng.choice(vectors)
            self.put(f"{rng.choice(('ldr', 'str'))} {self.v(kind)}, {self.operand(size)}")
        elif r < 0.84:  # an index from memory: a byte
            self.put(f"ldrb {self.one(self.positive, 'w')}, {self.operand(1)}")
        elif r < 0.9:
            name, kind = rng.choice((("ldtr", "x"), ("ldtrb", "w"), ("ldtrsh", "x"), ("ldtrsw", "x"), ("ldur", "x"), ("ldur", "w"),
                                     ("ldurb", "w"), ("ldurh", "w"), ("ldursb", "x"), ("ldursw", "x")))
            self.put(f"{name} {self.d(kind)}, [{self.p()}, #{self.small(-256, 255)}]")
        elif r < 0.95:
            name, kind = rng.choice((("sttr", "x"), ("sttrb", "w"), ("sttrh", "w"), ("stur", "x"), ("stur", "w"), ("sturb", "w")))
            self.put(f"{name} {self.d(kind)}, [{self.p()}, #{self.small(-256, 255)}]")
        else:
            name, kind = rng.choice((("ldur", "q"), ("stur", "q"), ("ldur", "d"), ("stur", "s"), ("stur", "h"), ("ldur", "b")))
            self.put(f"{name} {self.v(kind)}, [{self.p()}, #{self.small(-256, 255)}]")

    def pair(self):
        rng = self.rng
        kind, size = rng.choice((("x", 8), ("x", 8), ("w", 4), ("s", 4), ("d", 8), ("q", 16), ("sw", 4)))
        p = self.p()
        distance = self.small(-64 * size, 63 * size, size)
        how = rng.choice(("", "offset", "offset", "pre", "post"))
        operand = f"[{p}]" if how == "" else f"[{p}, #{distance}]"
        if how == "pre":
            operand += "!"
        elif how == "post":
            operand = f"[{p}], #{distance}"
        if how in ("pre", "post"):
            self.move(distance)
        load = kind == "sw" or rng.random() < 0.5
        if kind in "sdq":
            a, b = (f"{kind}{i}" for i in rng.sample(range(32), 2))
        elif load:
            a, b = self.two("x" if kind == "sw" else kind)
        else:
            a, b = (self.other_than_base(operand, lambda: self.source(kind)) for _ in range(2))
        name = "ldpsw" if kind == "sw" else "ldp" if load else "stp"
        if name != "ldpsw" and how in ("", "offset") and rng.random() < 0.2:
            name = name[:2] + "np"
        self.put(f"{name} {a}, {b}, {operand}")

    def structure(self):
        rng = self.rng
        n = rng.choice((1, 2, 3, 4))
        first = rng.randrange(32)
        regs = [(first + i) % 32 for i in range(n)]
        kind = rng.choice(("whole", "lane", "replicate"))
        if kind == "whole":
            names = 1 if rng.random() < 0.5 else n
            arrangement = rng.choice("8b 16b 4h 8h 2s 4s 2d".split() + (["1d"] if names == 1 else []))
            lanes, bits = int(arrangement[:-1]), {"b": 1, "h": 2, "s": 4, "d": 8}[arrangement[-1]]
            name, size = f"{rng.choice(('ld', 'st'))}{names}", lanes * bits * n
            group = "{" + ", ".join(f"v{r}.{arrangement}" for r in regs) + "}"
        elif kind == "lane":
            bits = rng.choice("bhsd")
            size = {"b": 1, "h": 2, "s": 4, "d": 8}[bits]
            lane, size = rng.randrange(16 // size), size * n
            name = f"{rng.choice(('ld', 'st'))}{n}"
            group = "{" + ", ".join(f"v{r}.{bits}" for r in regs) + f"}}[{lane}]"
        else:
            arrangement = rng.choice("8b 16b 4h 8h 2s 4s 1d 2d".split())
            size = {"b": 1, "h": 2, "s": 4, "d": 8}[arrangement[-1]] * n
            name = f"ld{n}r"
            group = "{" + ", ".join(f"v{r}.{arrangement}" for r in regs) + "}"
        p, how = self.p(), rng.choice(("", "", "post", "register"))
        if how == "post":
            self.move(size)
            self.put(f"{name} {group}, [{p}], #{size}")
        elif how == "register":
            self.move(256)
            self.put(f"{name} {group}, [{p}], {self.one(self.positive + self.negative)}")
        else:
            self.put(f"{name} {group}, [{p}]")

    def aligned_pointer(self):
        """The pointer, rounded down; or a copy of it."""
        p = self.p()
        if self.rng.random() < 0.5:
            self.move(15)
            self.put(f"and {p}, {p}, #-16")
            return p
        q = self.d()
        self.put(f"and {q}, {p}, #-16")
        return q

    def but(self, registers, *others):
        numbers = [r[1:] for r in others]
        return [r for r in registers if str(r) not in numbers]

    def atomic(self):
        rng = self.rng
        p = self.aligned_pointer()
        data = self.but(self.data, p)
        kind = rng.choice(("op", "op", "op", "swap", "cas", "casp", "ordered", "ordered", "unscaled"))
        width = rng.choice(("x", "w", "b", "h"))
        part = width if width in "bh" else ""
        reg = lambda: self.one(data, "x" if width == "x" else "w")
        order = rng.choice(("", "a", "l", "al"))
        if kind == "op":
            op = rng.choice("add clr eor set smax smin umax umin".split())
            if rng.random() < 0.2:
                self.put(f"st{op}{rng.choice(('', 'l'))}{part} {reg()}, [{p}]")
            else:
                self.put(f"ld{op}{order}{part} {reg()}, {reg()}, [{p}]")
        elif kind == "swap":
            self.put(f"swp{order}{part} {reg()}, {reg()}, [{p}]")
        elif kind == "cas":
            self.put(f"cas{order}{part} {reg()}, {reg()}, [{p}]")
        elif kind == "casp":
            even = [r for r in data if r % 2 == 0 and r + 1 in data]
            if even:
                a, b = rng.choice(even), rng.choice(even)
                k = rng.choice("xw")
                self.put(f"casp{order} {k}{a}, {k}{a + 1}, {k}{b}, {k}{b + 1}, [{p}]")
        elif kind == "ordered":
            name = rng.choice(("ldar", "stlr", "ldapr", "ldlar", "stllr"))
            self.put(f"{name}{part} {reg()}, [{p}]")
        else:
            name = rng.choice(("ldapur", "stlur"))
            size = {"x": 8, "w": 4, "h": 2, "b": 1}[width]
            offset = rng.randrange(-256 // size, 256 // size) * size
            self.put(f"{name}{part} {reg()}, [{p}, #{offset}]")

    def exclusive(self):
        rng = self.rng
        p = self.aligned_pointer()
        status, a, b, c, d = rng.sample(self.but(self.data, p), 5)
        again = self.label()
        self.put_label(again)
        if rng.random() < 0.3:
            k = rng.choice("xw")
            self.put(f"ld{rng.choice(('a', ''))}xp {k}{a}, {k}{b}, [{p}]", f"add {k}{c}, {k}{a}, #3", f"eor {k}{d}, {k}{b}, {k}{a}",
                     f"st{rng.choice(('l', ''))}xp w{status}, {k}{c}, {k}{d}, [{p}]")
        else:
            k, part = rng.choice((("x", ""), ("w", ""), ("w", "b"), ("w", "h")))
            self.put(f"ld{rng.choice(('a', ''))}xr{part} {k}{a}, [{p}]", f"add {k}{c}, {k}{a}, {k}{b}",
                     f"st{rng.choice(('l', ''))}xr{part} w{status}, {k}{c}, [{p}]")
        self.put(f"cbnz w{status}, {again}")

    def prefetch(self):
        rng, p = self.rng, self.p()
        what = rng.choice(("pldl1keep", "pldl2strm", "pstl1keep", "plil3keep", "#6"))
        self.put(rng.choice((f"prfm {what}, [{p}, #{8 * rng.randrange(100)}]", f"prfm {what}, [{p}, #16]", f"prfm {what}, [{p}]",
                             f"prfm {what}, [{p}, {self.one(self.positive)}, lsl #3]", f"dc zva, {p}", f"dc cvac, {p}", f"dc civac, {p}",
                             f"dc cvau, {p}", f"ic ivau, {p}")))

    def literal(self):
        rng = self.rng
        r = rng.random()
        if r < 0.4:
            self.put(f"ldr {self.d()}, ={rng.getrandbits(64):#x}", f"ldr {self.d('w')}, ={rng.getrandbits(31):#x}")
        elif r < 0.6:
            self.put(f"ldr {self.d()}, area_pointer_{self.name}", f"ldrsw {self.d()}, area_pointer_{self.name}",
                     f"ldr {self.v('d')}, area_pointer_{self.name}")
        elif r < 0.8:
            self.put(f"ldr {self.p()}, =area + {AREA_SIZE // 2 + rng.randrange(0x400)}")
        else:
            q = self.d()
            self.put(f"adr {q}, .", f"mov {q}, #1", f"ldr {self.v('q')}, constant_{self.name}")

    def through_memory(self):
        """Pointers are stored and come back."""
        rng = self.rng
        p, q, r = self.p(), self.p(), self.p()
        offset = 8 * rng.randrange(-16, 16)
        if rng.random() < 0.5 or q == r:
            self.put(f"str {q}, [{p}, #{offset}]", f"ldr {r}, [{p}, #{offset}]")
        else:
            self.put(f"stp {q}, {r}, [{p}, #{offset}]")
            if rng.random() < 0.5:
                self.load_other_data()
            self.put(f"ldp {r}, {q}, [{p}, #{offset}]")

    def load_other_data(self):
        self.put(f"ldr {self.d()}, [{self.p()}, #{8 * self.rng.randrange(32)}]")

    def derived(self):
        """A pointer in a register that holds data before and after."""
        rng = self.rng
        q, p = self.d(), self.p()
        self.put(rng.choice((f"add {q}, {p}, #{rng.randrange(4096)}", f"sub {q}, {p}, #{rng.randrange(4096)}", f"mov {q}, {p}",
                             f"add {q}, {p}, {self.one(self.positive)}, lsl #3", f"add {q}, {p}, {self.one(self.positive, 'w')}, uxtw #2",
                             f"add {q}, {p}, {self.one(self.negative, 'w')}, sxtw", f"adrp {q}, area+{AREA_SIZE // 2}",
                             f"sub {q}, {p}, {self.one(self.positive)}", f"orr {q}, xzr, {p}")))
        for _ in range(rng.randrange(1, 5)):
            size, kind = rng.choice(((8, "x"), (4, "w"), (16, "q")))
            target = self.v(kind) if kind == "q" else f"{kind}{rng.choice(self.but(self.data, q))}"
            self.put(f"{rng.choice(('ldr', 'str'))} {target}, {self.operand(size, base=q, simple=rng.random() < 0.7)}")
            if rng.random() < 0.2:
                self.put(f"add {q}, {q}, #{rng.choice((8, 16, 4095, 0))}")
        if rng.random() < 0.3:
            self.put(f"ldr {q}, [{q}]")

    def symbol(self):
        rng, q = self.rng, self.d()
        offset = AREA_SIZE // 2 + 16 * rng.randrange(256)
        low = f":lo12:area+{offset}"
        self.put(f"adrp {q}, area+{offset}")
        w, x = (f"{k}{rng.choice(self.but(self.data, q))}" for k in "wx")
        many = [f"ldr {x}, [{q}, #{low}]", f"str {w}, [{q}, {low}]", f"ldrb {w}, [{q}, #{low}]", f"str {self.v('q')}, [{q}, #{low}]",
                f"ldrh {w}, [{q}, #{low}]", f"ldr x{q[1:]}, [{q}, #{low}]"]
        if rng.random() < 0.3:
            many = [f"add {q}, {q}, #{low}", f"ldp {x}, x{rng.choice(self.but(self.data, q, x))}, [{q}]"]
            self.put(*many)
        else:
            self.put(*many[:rng.randrange(1, 7)])
        if self.in_leaf or self.framed:  # a call or return leaves no page in x8 to x18
            self.put(f"mov {q}, #3")

    # ---- what does not

    def change_pointer(self):
        rng, p, q = self.rng, self.p(), self.p()
        kind = rng.randrange(11)
        small = rng.choice((0, 1, 8, 16, 255, 256, rng.randrange(512)))
        if kind in (0, 1, 2):
            self.move(small)
            self.put(f"{rng.choice(('add', 'sub'))} {p}, {rng.choice((p, p, q))}, #{small}")
        elif kind == 3:
            self.move(1024)
            amount = rng.choice((0, 2))
            self.put(rng.choice((f"add {p}, {p}, {self.one(self.positive, 'w')}, uxtw #{amount}",
                                 f"add {p}, {q}, {self.one(self.positive + self.negative, 'w')}, sxtw #{amount}",
                                 f"sub {p}, {p}, {self.one(self.positive + self.negative)}, lsl #{amount}")))
        elif kind == 4:
            self.put(f"mov {p}, {q}")
        elif kind == 5:
            self.put(f"csel {p}, {p}, {q}, {rng.choice(CONDITIONS)}")
        elif kind == 6:
            self.put(f"adrp {p}, area+{AREA_SIZE // 2}", f"add {p}, {p}, #:lo12:area+{AREA_SIZE // 2}")
        elif kind == 7:
            v = self.v("d")
            self.put(f"fmov {v}, {p}", f"mov {p}, #{rng.randrange(65536)}", f"fmov {p}, {v}")
        elif kind == 8:
            middle = AREA + AREA_SIZE // 2
            self.put(f"mov {p}, #{middle & 0xffff:#x}", f"movk {p}, #{middle >> 16 & 0xffff:#x}, lsl #16", f"movk {p}, #{middle >> 32:#x}, lsl #32")
        elif kind == 9:
            self.move(7)
            self.put(f"bic {p}, {p}, #7" if rng.random() < 0.5 else f"and {p}, {p}, #0xfffffffffffffff8")
        else:
            self.move(small)
            self.put(f"adds {p}, {p}, #{small}")

    def change_index(self):
        positive, negative = self.one(self.positive), self.one(self.negative)
        self.put(self.rng.choice((f"and {positive}, {self.d()}, #0xff", f"and w{positive[1:]}, {self.d('w')}, #0x7f",
                                  f"mov w{positive[1:]}, #{self.rng.randrange(256)}", f"ubfx {positive}, {self.d()}, #9, #8",
                                  f"orr {negative}, {self.d()}, #0xffffffffffffff00", f"mov {negative}, #-{self.rng.randrange(1, 256)}",
                                  f"sbfx {negative}, {self.d()}, #3, #1\n\torr {negative}, {negative}, #0xffffffffffffff80")))

    def compute(self):
        rng = self.rng
        k = rng.choice("xxw")
        a, b, c = self.d(k), self.source(k), self.source(k)
        v = lambda: self.v("v")
        self.put(rng.choice((
            f"add {a}, {b}, {c}", f"sub {a}, {b}, {c}, lsl #3", f"eor {a}, {b}, {c}, ror #5", f"and {a}, {b}, {c}", f"orn {a}, {b}, {c}",
            f"madd {a}, {b}, {c}, {self.d(k)}", f"udiv {a}, {b}, {c}", f"lsl {a}, {b}, {c}", f"clz {a}, {b}", f"rbit {a}, {b}",
            f"extr {a}, {b}, {c}, #7", f"bfi {a}, {b}, #4, #9", f"adc {a}, {b}, {c}", f"csinc {a}, {b}, {c}, {rng.choice(CONDITIONS)}",
            f"cset {a}, {rng.choice(CONDITIONS)}", f"mov {a}, #{rng.getrandbits(16)}", f"umulh x{a[1:]}, x{b[1:]}, x{c[1:]}",
            f"crc32cb w{a[1:]}, w{b[1:]}, w{c[1:]}", f"mul {a}, {b}, {c}", f"add {v()}.4s, {v()}.4s, {v()}.4s",
            f"fadd {v()}.2d, {v()}.2d, {v()}.2d", f"aese {v()}.16b, {v()}.16b", f"tbl {v()}.16b, {{{v()}.16b}}, {v()}.16b",
            f"umov {self.d('w')}, {v()}.h[3]", f"ins {v()}.d[1], {self.d()}", f"fcvtzs {a}, {self.v('d')}", f"dup {v()}.2d, {self.d()}",
            f"mrs {self.d()}, nzcv", f"add x{a[1:]}, sp, #16\n\tmov x{a[1:]}, #1", "nop", "dmb ish", "bti c", "yield", "isb")))

    def set_flags(self):
        k = self.rng.choice("xw")
        a, b = self.source(k), self.source(k)
        self.put(self.rng.choice((f"cmp {self.d(k)}, {b}", f"adds {self.d(k)}, {a}, {b}", f"subs {self.d(k)}, {a}, {b}", f"tst {a}, {b}",
                                  f"ands {self.d(k)}, {a}, {b}", f"cmn {a}, {b}", f"ccmp {a}, {b}, #{self.rng.randrange(16)}, {self.rng.choice(CONDITIONS)}",
                                  f"fcmp {self.v('d')}, {self.v('d')}", f"cmp {self.d(k)}, #{self.rng.randrange(4096)}",
                                  f"msr nzcv, {self.d()}", "cfinv")))

    def system(self):
        """System calls, the thread pointer, and pointer authentication."""
        if self.rng.random() < 0.4 and 8 in self.data and 0 in self.data:
            self.put("mov x8, #172", "svc #0")  # getpid
        else:
            q = self.d()
            self.put(self.rng.choice((f"mrs {q}, tpidr_el0", f"msr tpidr_el0, {q}", f"mrs {q}, TPIDR_EL0",
                                      f"paciza {q}\n\tautiza {q}", f"pacda {q}, {self.p()}\n\txpacd {q}",
                                      f"mrs {q}, dczid_el0", f"mrs {q}, fpcr")))

    # ---- the stack

    def stack_access(self):
        rng = self.rng
        if not self.frame:
            return
        size, kind = rng.choice(((8, "x"), (4, "w"), (16, "q"), (8, "d"), (1, "wb")))
        offset = rng.randrange(min(self.frame, 4080) // size) * size
        register = self.v(kind) if kind in "qd" else self.d(kind[0])
        name = rng.choice(("ldr", "str")) + ("b" if kind == "wb" else "")
        r = rng.random()
        if r < 0.7:
            self.put(f"{name} {register}, [sp, #{offset}]")
        elif r < 0.8 and self.frame >= 256 * 16:
            index = self.one(self.positive)
            self.put(rng.choice((f"{name} {register}, [sp, {index}]", f"{name} {register}, [sp, w{index[1:]}, uxtw]")))
        elif r < 0.9:
            q, p = self.d(), f"[sp, #{offset // 8 * 8}]"
            self.put(f"str {self.p()}, {p}", f"ldr {q}, {p}", f"ldr {self.d('w')}, [{q}, #4]")
        else:
            q = self.d()
            self.put(f"add {q}, sp, #{offset}", f"str {self.d('w')}, [{q}]", f"ld1 {{v3.s}}[1], [{q}]")

    def fill_frame(self, base="sp", offset=0):
        """Loads of a frame see what was stored."""
        size = self.frame
        if size <= 512:
            for at in range(0, size, 16):
                self.put(f"stp {self.source()}, {self.source()}, [{base}, #{offset + at}]")
        else:
            q, n, again = self.d(), f"x{self.counters[3]}", self.label()
            self.put(f"mov {q}, {base}", f"mov {n}, #{size // 16}")
            self.put_label(again)
            self.put(f"stp xzr, {n}, [{q}], #16", f"subs {n}, {n}, #1", f"b.ne {again}")
            self.put(f"mov {q}, #0")

    def grow(self, depth):
        """sp goes down and comes back."""
        rng = self.rng
        size = rng.choice((16, 32, 48, 256, 512, 4096, 8192, 65536, 65536 * 2))
        before = self.frame
        save = f"x{self.stacks[depth]}"
        text = rng.choice(("sub", "sub", "sub", "sub register", "and", "pre", "mov"))
        back = rng.choice(("add", "add", "mov", "load"))
        immediate = f"#{size}" if size < 4096 else f"#{size >> 12}, lsl #12"
        self.frame = min(size, 16384)
        self.put(f"mov {save}, sp")
        if text == "sub":
            self.put(f"sub sp, sp, {immediate}")
        elif text == "sub register":
            q = self.d()
            self.put(f"mov {q}, #{size & 0xffff}" + (f"\n\tmovk {q}, #{size >> 16}, lsl #16" if size > 65535 else ""), f"sub sp, sp, {q}")
        elif text == "and":
            q = self.d()
            self.put(f"sub {q}, sp, {immediate}", f"and sp, {q}, #-64")
        elif text == "mov":
            q = self.d()
            self.put(f"sub {q}, sp, {immediate}", f"mov sp, {q}")
        else:
            size = self.frame = rng.choice((16, 32, 240, 256))
            immediate = f"#{size}"
            self.put(rng.choice((f"str {self.source()}, [sp, #-{size}]!", f"stp {self.source()}, {self.source()}, [sp, #-{size}]!",
                                 f"stp {self.v('d')}, d9, [sp, #-{size}]!")))
        self.fill_frame()
        self.block(depth + 1, rng.randrange(1, 5))
        if text == "and":
            back = "mov"
        if back == "load" and size <= 240:
            a, b = self.rng.sample(self.data, 2)
            self.put(rng.choice((f"ldr x{a}, [sp], #{size}", f"ldp x{a}, x{b}, [sp], #{size}", f"ldr q{a}, [sp], #{size}")))
        elif back == "add" and text != "and":
            self.put(f"add sp, sp, {immediate}")
        else:
            self.put(f"mov sp, {save}")
        self.put(f"mov {save}, #0")
        self.frame = before

    # ---- control flow

    def loop(self, depth):
        rng = self.rng
        n = rng.randrange(2, 5)
        counter = f"x{self.counters[depth]}"
        head = self.label()
        before = self.reach
        self.put(f"mov {counter}, #{n}")
        self.put_label(head)
        self.block(depth + 1, rng.randrange(1, 7))
        self.move((self.reach - before) * (n - 1))
        if rng.random() < 0.5:
            self.put(f"subs {counter}, {counter}, #1", f"b.{rng.choice(('ne', 'gt', 'hi'))} {head}")
        else:
            self.put(f"sub {counter}, {counter}, #1", f"cbnz {counter}, {head}")

    def branch_over(self, depth):
        rng = self.rng
        over, end = self.label(), self.label()
        k = rng.choice("xw")
        self.put(rng.choice((f"b.{rng.choice(CONDITIONS)} {over}", f"cbz {self.source(k)}, {over}", f"cbnz {self.source(k)}, {over}",
                             f"tbz {self.source(k)}, #{rng.randrange(32)}, {over}", f"tbnz {self.source('x')}, #{rng.randrange(64)}, {over}")))
        self.block(depth + 1, rng.randrange(1, 5))
        if rng.random() < 0.5:
            self.put(f"b {end}")
            self.put_label(over)
            self.block(depth + 1, rng.randrange(1, 5))
            self.put_label(end)
        else:
            self.put_label(over)

    def branch_between(self):
        """To an instruction that has no label of its own."""
        rng = self.rng
        label, p = self.label(), self.p()
        skipped = rng.randrange(3)
        operands = [f"ldr {self.d()}, [{p}, #{8 * rng.randrange(32)}]", f"str {self.d()}, [{p}, #-{rng.randrange(1, 256)}]",
                    f"strb {self.d('w')}, [{p}, {self.one(self.positive)}]", f"add {self.d()}, {self.d()}, #1"]
        rng.shuffle(operands)
        branch = rng.choice((f"cbz {self.d()},", f"tbnz {self.d()}, #3,", "b", f"b.{rng.choice(CONDITIONS)}"))
        self.put(f"{branch} {label}+{4 * skipped}")
        self.put_label(label)
        self.put(*operands)

    def switch(self, depth):
        """A jump table, a computed goto, or one with a register."""
        rng = self.rng
        q, t = rng.sample(self.data, 2)
        index, table, end = self.one(self.positive), self.label(), self.label()
        ways = [self.label() for _ in range(4)]
        kind = rng.choice(("offsets", "pointers", "adr"))
        if kind == "adr":
            self.put(f"adr x{q}, {ways[0]}", f"br x{q}")
        else:
            self.put(f"and x{t}, {index}, #3", f"adrp x{q}, {table}", f"add x{q}, x{q}, :lo12:{table}")
            if kind == "offsets":
                self.put(f"ldrsw x{t}, [x{q}, x{t}, lsl #2]", f"add x{q}, x{q}, x{t}", f"br x{q}")
            else:
                self.put(f"ldr x{q}, [x{q}, x{t}, lsl #3]", f"br x{q}")
        for way in ways:
            self.put_label(way)
            self.put(f"mov x{q}, #0", f"mov x{t}, #0")
            self.block(depth + 1, rng.randrange(0, 3))
            self.put(f"b {end}")
        self.put_label(end)
        self.put(".section .data.rel.ro.tables, \"aw\"" if kind == "pointers" else ".section .rodata.tables, \"a\"", ".p2align 3")
        self.put_label(table)
        for way in ways:
            self.put(f".xword {way}" if kind == "pointers" else f".word {way} - {table}")
        self.put(".text")

    def call(self):
        if not self.framed:
            return
        leaf = self.rng.choice(("first", "second"))
        name = f"{self.name}_{leaf}"
        q = f"x{self.counters[3]}"
        v = self.rng.choice(("bl", "blr", "blr", "blraaz"))
        if v == "bl":
            self.put(f"bl {name}")
        elif v == "blr":
            self.put(f"adr {q}, {name}", f"blr {q}", f"mov {q}, #0")
        else:
            self.put(f"adr {q}, {name}", f"paciza {q}", f"blraaz {q}", f"mov {q}, #0")

    def block(self, depth, items):
        rng = self.rng
        plain = [(40, self.load_store), (14, self.pair), (8, self.structure), (8, self.atomic), (2, self.exclusive), (4, self.prefetch),
                 (3, self.literal), (4, self.through_memory), (8, self.derived), (4, self.symbol), (14, self.change_pointer),
                 (4, self.change_index), (12, self.compute), (5, self.set_flags), (2, self.system), (1, self.branch_between), (8, self.stack_access), (3, self.call)]
        deep = [(6, self.loop), (6, self.branch_over), (1.5, self.switch), (2.5, self.grow)] if depth < 3 else []
        for _ in range(items):
            weights = [w for w, _ in plain + deep]
            n = rng.choices(range(len(weights)), weights)[0]
            if n < len(plain):
                plain[n][1]()
            else:
                deep[n - len(plain)][1](depth)

    def prologue(self):
        """Returns what undoes it and returns."""
        rng = self.rng
        size = rng.choice((16, 32, 96, 480))
        kind = rng.choice(("leaf", "leaf", "pre", "pre", "sub", "str", "saved", "pac", "retaa"))
        self.framed = kind != "leaf"
        if kind == "leaf":
            return [rng.choice(("ret", "ret", "ret x30", f"mov x{self.saved}, x30\n\tret x{self.saved}", "br x30"))]
        if kind == "saved":
            self.put(f"mov x{self.saved}, x30")
            return [f"mov x30, x{self.saved}", f"mov x{self.saved}, #0", "ret"]
        sign = ["paciasp"] if kind in ("pac", "retaa") else []
        self.put(*sign)
        a = self.d()
        if kind == "str":
            self.put("str x30, [sp, #-16]!")
            return [rng.choice((f"ldr x30, [sp], #16\n\tret", f"ldr x30, [sp]\n\tadd sp, sp, #16\n\tret", f"ldp x30, {a}, [sp], #16\n\tret"))]
        if kind == "sub":
            self.put(f"sub sp, sp, #{size}", f"stp x29, x30, [sp, #{size - 16}]", f"add x{self.saved}, sp, #{size - 16}")
            self.frame = size - 16
            self.fill_frame()
            return [f"mov x{self.saved}, #0", f"ldp x29, x30, [sp, #{size - 16}]", f"add sp, sp, #{size}", "ret"]
        self.put(f"stp x29, x30, [sp, #-{size}]!", f"mov x{self.saved}, sp")
        back = [f"mov sp, x{self.saved}"] if rng.random() < 0.5 else []
        back += [f"mov x{self.saved}, #0", f"ldp x29, x30, [sp], #{size}"]
        return back + {"pre": ["ret"], "pac": ["autiasp", "ret"], "retaa": ["retaa"]}[kind]

    def leaf(self, name):
        self.put_label(f"{self.name}_{name}")
        self.framed, self.frame, self.in_leaf = False, 0, True
        self.block(3, self.rng.randrange(1, 4))
        self.put("ret")

    def generate(self):
        self.put(".p2align 2")
        self.put_label(self.name)
        end = self.prologue()
        self.block(0, self.rng.choice((1, 1, 2, 4, 8, 12)))
        if self.framed:
            self.move((self.reach - 0x400) + 2048 * sum("_first" in line or "_second" in line for line in self.lines) * 30)
        self.put(*end)
        if self.framed:
            self.reach = 0
            self.leaf("first")
            self.leaf("second")
            if self.reach > 2048:
                raise TooFar
        if any("=" in line for line in self.lines):
            self.put(".ltorg")
        if any(f"area_pointer_{self.name}" in line for line in self.lines):
            self.put(".p2align 3")
            self.put_label(f"area_pointer_{self.name}")
            self.put(".xword area + 8")
        if any(f"constant_{self.name}" in line for line in self.lines):
            self.put(".p2align 4")
            self.put_label(f"constant_{self.name}")
            self.put(".xword 0x0123456789abcdef, 77")


def mask(registers):
    return sum(1 << r for r in registers)


def main():
    seed, count, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng = random.Random(seed)
    print(f"\t.arch armv8.5-a+crypto\n\t.text\n\t.globl {name}_start, {name}_end, {name}_cases\n{name}_start:")
    table = []
    while len(table) < count:
        f = Function(rng, len(table))
        try:
            f.generate()
        except TooFar:
            continue
        print("\n".join(f.lines))
        table.append(f"\t.xword {f.name}\n\t.word {mask(f.pointers):#x}, {mask(f.positive):#x}, {mask(f.negative):#x}, 0")
    print(f"{name}_end:\n\tnop\n\t.section .data.rel.ro.cases, \"aw\"\n\t.p2align 3\n{name}_cases:")
    print("\n".join(table))
    if name == "original":
        print(f"\t.globl original_count\noriginal_count:\n\t.xword {count}")
    print("\t.section .note.GNU-stack, \"\", @progbits")


main()
