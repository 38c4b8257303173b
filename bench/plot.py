# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A plot as an SVG file: one bar for each program, with its noise."""

from xml.sax.saxutils import escape

NAMES, WIDTH, ROW, TOP, RIGHT = 190, 560, 17, 62, 60
BARS = ("#4878a8", "#a05050")  # slower than native, faster
STYLE = ("text{font:12px sans-serif}.small{font-size:10px}.grid{stroke:#ccc}.one{stroke:#000}"
         ".noise{stroke:#000;fill:none}.again{fill:none;stroke:#c60}")


def bars(rows, title, subtitle, path):
    """rows: (name, ratio, (low, high) or None, ratio of the A/A run or None); a name that begins with `=` is a mean."""
    values = [v for _, ratio, noise, again in rows for v in (ratio, *(noise or ()), again) if v]
    low, high = min(0.9, *values), max(1.2, *values)
    low, high = max(0.5, low - 0.02), min(2.5, high + 0.02)
    step = 0.1 if high - low < 1.2 else 0.25

    def x(value):
        return NAMES + WIDTH * (min(max(value, low), high) - low) / (high - low)

    height = TOP + ROW * len(rows) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{NAMES + WIDTH + RIGHT}" height="{height}">',
           f"<style>{STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>',
           f'<text x="8" y="18">{escape(title)}</text>', f'<text class="small" x="8" y="34">{escape(subtitle)}</text>']
    tick = round(low / step) * step
    while tick <= high:
        if tick >= low:
            kind = "one" if abs(tick - 1) < step / 10 else "grid"
            out.append(f'<line class="{kind}" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 6}" y2="{height - 20}"/>'
                       f'<text class="small" text-anchor="middle" x="{x(tick):.1f}" y="{TOP - 10}">{tick:.2f}</text>')
        tick += step
    for number, (name, ratio, noise, again) in enumerate(rows):
        y = TOP + ROW * number
        middle = y + ROW / 2 - 1
        weight = ' font-weight="bold"' if name.startswith("=") else ""
        left, right = sorted((x(1), x(ratio)))
        out.append(f'<text text-anchor="end" x="{NAMES - 8}" y="{y + 12}"{weight}>{escape(name.lstrip("="))}</text>'
                   f'<rect x="{left:.1f}" y="{y + 2}" width="{right - left:.1f}" height="{ROW - 6}" '
                   f'fill="{BARS[ratio < 1]}"/>')
        if noise:
            out.append(f'<path class="noise" d="M{x(noise[0]):.1f} {middle - 3}v6M{x(noise[1]):.1f} {middle - 3}v6'
                       f'M{x(noise[0]):.1f} {middle}H{x(noise[1]):.1f}"/>')
        if again:
            out.append(f'<circle class="again" cx="{x(again):.1f}" cy="{middle}" r="3"/>')
        out.append(f'<text class="small" x="{NAMES + WIDTH + 6}" y="{y + 12}"{weight}>{ratio:.3f}</text>')
    out.append("</svg>\n")
    path.write_text("\n".join(out))
