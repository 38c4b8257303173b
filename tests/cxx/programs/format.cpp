// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* std::format, and a formatter of one's own. */
#include <cstdio>
#include <format>
#include <iterator>
#include <string>

struct Point {
    int x, y;
};
template <> struct std::formatter<Point> : std::formatter<int> {
    auto format(const Point &point, auto &context) const
    {
        context.advance_to(std::format_to(context.out(), "<"));
        context.advance_to(std::formatter<int>::format(point.x, context));
        context.advance_to(std::format_to(context.out(), "|"));
        context.advance_to(std::formatter<int>::format(point.y, context));
        return std::format_to(context.out(), ">");
    }
};

int main()
{
    std::puts(std::format("{} {:>6} {:<6}| {:^7} {:+d}", 1, 2, 3, "mid", 4).c_str());
    std::puts(std::format("{:.3f} {:e} {} {}", 3.14159, 1500.0, 0.1, true).c_str());
    std::puts(std::format("{:*^20} {:#010x}", std::string("text"), 48879).c_str());
    std::puts(std::format("{:03} {:c} {{}}", Point{4, 5}, 'x').c_str());
    std::string out;
    std::format_to(std::back_inserter(out), "{:{}}", "wide", 8);
    std::printf("%zu\n", out.size());
    try {
        int value = 1;
        std::puts(std::vformat("{:s}", std::make_format_args(value)).c_str());
    } catch (const std::format_error &) {
        std::puts("format_error");
    }
}
