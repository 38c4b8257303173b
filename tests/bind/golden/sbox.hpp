/* The library in its box, for C++17 (docs/lfi-bind.md of LFI).
 * Made by lfi-bind: do not edit. */
#ifndef LFI_BOUND_sbox_HPP
#define LFI_BOUND_sbox_HPP

#include "sbox.h"

#include <lfi/bind.hpp>

namespace boxed::sbox
{
class sandbox;
template <class T> using tainted = lfi::tainted<T, sandbox>;
template <class T> using tainted_volatile = lfi::tainted_volatile<T, sandbox>;
template <class F> using callback = lfi::callback<F, sandbox>;
} // namespace boxed::sbox

namespace lfi
{
template <> struct fields<struct point, ::boxed::sbox::sandbox> {
    tainted_volatile<int, ::boxed::sbox::sandbox> x;
    tainted_volatile<double, ::boxed::sbox::sandbox> y;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : x(box, address + 0),
          y(box, address + 8)
    {
        (void)box, (void)address;
    }
};
template <> struct fields<struct pair, ::boxed::sbox::sandbox> {
    tainted_volatile<float, ::boxed::sbox::sandbox> a;
    tainted_volatile<float, ::boxed::sbox::sandbox> b;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : a(box, address + 0),
          b(box, address + 4)
    {
        (void)box, (void)address;
    }
};
template <> struct fields<struct large, ::boxed::sbox::sandbox> {
    tainted_volatile<long[6], ::boxed::sbox::sandbox> values;
    tainted_volatile<bool, ::boxed::sbox::sandbox> flag;
    tainted_volatile<enum color, ::boxed::sbox::sandbox> color;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : values(box, address + 0),
          flag(box, address + 48),
          color(box, address + 52)
    {
        (void)box, (void)address;
    }
};
template <> struct fields<struct mixed, ::boxed::sbox::sandbox> {
    tainted_volatile<uint8_t, ::boxed::sbox::sandbox> small;
    tainted_volatile<bool[3], ::boxed::sbox::sandbox> flags;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : small(box, address + 0),
          flags(box, address + 17)
    {
        (void)box, (void)address;
    }
};
template <> struct fields<struct message, ::boxed::sbox::sandbox> {
    tainted_volatile<const char *, ::boxed::sbox::sandbox> text;
    tainted_volatile<const unsigned char *, ::boxed::sbox::sandbox> bytes;
    tainted_volatile<size_t, ::boxed::sbox::sandbox> size;
    tainted_volatile<char *, ::boxed::sbox::sandbox> copy;
    tainted_volatile<size_t, ::boxed::sbox::sandbox> room;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : text(box, address + 0),
          bytes(box, address + 8),
          size(box, address + 16),
          copy(box, address + 24),
          room(box, address + 32)
    {
        (void)box, (void)address;
    }
};
template <> struct fields<struct stream, ::boxed::sbox::sandbox> {
    tainted_volatile<const unsigned char *, ::boxed::sbox::sandbox> next_in;
    tainted_volatile<unsigned int, ::boxed::sbox::sandbox> avail_in;
    tainted_volatile<unsigned char *, ::boxed::sbox::sandbox> next_out;
    tainted_volatile<unsigned int, ::boxed::sbox::sandbox> avail_out;
    tainted_volatile<void *, ::boxed::sbox::sandbox> own;
    fields(::boxed::sbox::sandbox *box, uint64_t address)
        : next_in(box, address + 0),
          avail_in(box, address + 8),
          next_out(box, address + 16),
          avail_out(box, address + 24),
          own(box, address + 32)
    {
        (void)box, (void)address;
    }
};
} // namespace lfi

namespace boxed::sbox
{
/* One instance. Throws lfi::box_error if the library does not verify or start. */
class sandbox : public lfi::sandbox<sandbox>
{
  public:
    explicit sandbox(const lfi_library_options *options = nullptr)
    {
        lfi_error error;
        int status = sbox_open(&box_, options, &error);
        if (status != 0)
            throw lfi::box_error(status, error.message);
        library_ = sbox_library(box_);
        static const char *const names[] = {
            "add",
            "scale",
            "half",
            "third",
            "is_odd",
            "next",
            "narrow",
            "mirror",
            "swap",
            "enlarge",
            "many",
            "mix",
            "length",
            "name_of",
            "fill",
            "sum",
            "twice",
            "flags",
            "move_points",
            "read_message",
            "copy_stream",
            "end_stream",
            "sort",
            "thing_new",
            "thing_free",
            "thing_value",
            "thing_make",
            "thing_set",
            "thing_visit",
            "thing_data",
            "crash",
            "evil",
            "evil_string",
            "evil_pointer",
            "undecided",
            "format",
            "print",
        };
        for (size_t i = 0; i < 37; i++)
            address_[i] = lfi_library_symbol(library_, names[i]);
    }
    ~sandbox() { sbox_free(box_); }
    struct ::sbox *c() { return box_; }

    tainted<int> (add)(const tainted<int> &a, const tainted<int> &b)
    {
        return call<int>(address_[0], LFI_SHAPE(2, 0, 0), a, b);
    }
    tainted<double> (scale)(const tainted<float> &f, const tainted<double> &d, const tainted<long double> &l)
    {
        return call<double>(address_[1], LFI_SHAPE(0, 2, 2), f, d, l);
    }
    tainted<long double> (half)(const tainted<long double> &l)
    {
        return call<long double>(address_[2], LFI_SHAPE(0, 0, 2) | LFI_SHAPE_X87(1), l);
    }
    tainted<float> (third)(const tainted<float> &f)
    {
        return call<float>(address_[3], LFI_SHAPE(0, 1, 0), f);
    }
    tainted<bool> (is_odd)(const tainted<int> &n)
    {
        return call<bool>(address_[4], LFI_SHAPE(1, 0, 0), n);
    }
    tainted<enum color> (next)(const tainted<enum color> &color)
    {
        return call<enum color>(address_[5], LFI_SHAPE(1, 0, 0), color);
    }
    tainted<signed char> (narrow)(const tainted<int> &n)
    {
        return call<signed char>(address_[6], LFI_SHAPE(1, 0, 0), n);
    }
    tainted<struct point> (mirror)(const tainted<struct point> &p)
    {
        return call<struct point>(address_[7], LFI_SHAPE(1, 1, 0), p);
    }
    tainted<struct pair> (swap)(const tainted<struct pair> &p)
    {
        return call<struct pair>(address_[8], LFI_SHAPE(0, 1, 0), p);
    }
    tainted<struct large> (enlarge)(const tainted<struct large> &l, const tainted<int> &by)
    {
        return call<struct large>(address_[9], LFI_SHAPE(2, 0, 7) | LFI_SHAPE_MEMORY(56), l, by);
    }
    tainted<long> (many)(const tainted<int> &a, const tainted<long> &b, const tainted<char> &c, const tainted<short> &d, const tainted<int> &e, const tainted<long> &f, const tainted<int> &g, const tainted<double> &h, const tainted<struct large> &i, const tainted<long> &j)
    {
        return call<long>(address_[10], LFI_SHAPE(6, 1, 9), a, b, c, d, e, f, g, h, i, j);
    }
    tainted<struct mixed> (mix)(const tainted<struct mixed> &m)
    {
        return call<struct mixed>(address_[11], LFI_SHAPE(1, 0, 3) | LFI_SHAPE_MEMORY(20), m);
    }
    tainted<size_t> (length)(const tainted<const char *> &text)
    {
        return call<size_t>(address_[12], LFI_SHAPE(1, 0, 0), text);
    }
    tainted<const char *> (name_of)(const tainted<enum color> &color)
    {
        return call<const char *>(address_[13], LFI_SHAPE(1, 0, 0), color);
    }
    void (fill)(const tainted<unsigned char *> &to, const tainted<size_t> &size, const tainted<int> &value)
    {
        return call<void>(address_[14], LFI_SHAPE(3, 0, 0), to, size, value);
    }
    tainted<long> (sum)(const tainted<const int *> &list, const tainted<int> &count)
    {
        return call<long>(address_[15], LFI_SHAPE(2, 0, 0), list, count);
    }
    void (twice)(const tainted<int *> &list, const tainted<size_t> &count)
    {
        return call<void>(address_[16], LFI_SHAPE(2, 0, 0), list, count);
    }
    void (flags)(const tainted<bool *> &list, const tainted<size_t> &count)
    {
        return call<void>(address_[17], LFI_SHAPE(2, 0, 0), list, count);
    }
    void (move_points)(const tainted<struct point *> &points, const tainted<size_t> &count, const tainted<int> &by)
    {
        return call<void>(address_[18], LFI_SHAPE(3, 0, 0), points, count, by);
    }
    tainted<size_t> (read_message)(const tainted<struct message *> &message)
    {
        return call<size_t>(address_[19], LFI_SHAPE(1, 0, 0), message);
    }
    tainted<int> (copy_stream)(const tainted<struct stream *> &stream)
    {
        return call<int>(address_[20], LFI_SHAPE(1, 0, 0), stream);
    }
    tainted<int> (end_stream)(const tainted<struct stream *> &stream)
    {
        return call<int>(address_[21], LFI_SHAPE(1, 0, 0), stream);
    }
    void (sort)(const tainted<int *> &list, const tainted<size_t> &count, const tainted<compare_fn *> &compare)
    {
        return call<void>(address_[22], LFI_SHAPE(3, 0, 0), list, count, compare);
    }
    tainted<struct thing *> (thing_new)(const tainted<int> &value)
    {
        return call<struct thing *>(address_[23], LFI_SHAPE(1, 0, 0), value);
    }
    void (thing_free)(const tainted<struct thing *> &thing)
    {
        return call<void>(address_[24], LFI_SHAPE(1, 0, 0), thing);
    }
    tainted<int> (thing_value)(const tainted<const struct thing *> &thing)
    {
        return call<int>(address_[25], LFI_SHAPE(1, 0, 0), thing);
    }
    tainted<int> (thing_make)(const tainted<struct thing **> &thing, const tainted<int> &value)
    {
        return call<int>(address_[26], LFI_SHAPE(2, 0, 0), thing, value);
    }
    void (thing_set)(const tainted<struct thing *> &thing, const tainted<visit_fn> &visit, const tainted<void *> &data)
    {
        return call<void>(address_[27], LFI_SHAPE(3, 0, 0), thing, visit, data);
    }
    tainted<int> (thing_visit)(const tainted<struct thing *> &thing, const tainted<int> &times)
    {
        return call<int>(address_[28], LFI_SHAPE(2, 0, 0), thing, times);
    }
    tainted<void *> (thing_data)(const tainted<struct thing *> &thing)
    {
        return call<void *>(address_[29], LFI_SHAPE(1, 0, 0), thing);
    }
    void (crash)()
    {
        return call<void>(address_[30], LFI_SHAPE(0, 0, 0));
    }
    tainted<unsigned int> (evil)(const tainted<int> &what)
    {
        return call<unsigned int>(address_[31], LFI_SHAPE(1, 0, 0), what);
    }
    tainted<const char *> (evil_string)(const tainted<int> &what)
    {
        return call<const char *>(address_[32], LFI_SHAPE(1, 0, 0), what);
    }
    tainted<struct thing *> (evil_pointer)(const tainted<uint64_t> &address)
    {
        return call<struct thing *>(address_[33], LFI_SHAPE(1, 0, 0), address);
    }
    void (undecided)(const tainted<char *> &what)
    {
        return call<void>(address_[34], LFI_SHAPE(1, 0, 0), what);
    }
    /* format: its arguments cannot be passed from C++ */
    void (print)(const tainted<FILE *> &file)
    {
        return call<void>(address_[36], LFI_SHAPE(1, 0, 0), file);
    }

  private:
    struct ::sbox *box_ = nullptr;
    uint64_t address_[37] = {};
};
} // namespace boxed::sbox

#endif
