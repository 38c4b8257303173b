// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * C++17: what the .hpp files of lfi-bind are made of (docs/lfi-bind.md). Values that come from a
 * box are tainted<T, Box>: the compiler does not let a host use them before it has said how they
 * are checked. The names are those that users of RLBox know.
 *
 *     tainted<int> n = box.count(p);
 *     int size = n.copy_and_verify([](int n) { return n < 0 || n > 100 ? 0 : n; });
 *
 * A call that the box does not return from throws lfi::box_error. An exception that leaves a
 * callback ends the call into the box, and goes on from there. Callbacks leave by nothing else:
 * not by lfi_library_unwind().
 */
#ifndef LFI_BIND_HPP
#define LFI_BIND_HPP

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lfi/library.h>

namespace lfi
{

class box_error : public std::runtime_error
{
  public:
    box_error(int status, const std::string &what) : std::runtime_error(what), status_(status)
    {
    }
    int status() const
    {
        return status_;
    } /* a negative errno value; -ECANCELED: a call failed */

  private:
    int status_;
};

template <class T, class Box> class tainted;
template <class T, class Box> class tainted_volatile;
template <class F, class Box> class callback;
template <class S, class Box> struct fields; /* of a structure in the box: made by lfi-bind */

/* Which bytes of a structure or union are values, and not padding: made by lfi-bind. */
template <class S, class Box> struct values {
    static constexpr bool known = false;
};

/* Which of them are bool, where a box may put any byte: made by lfi-bind. */
template <class S, class Box> struct bools {
    static constexpr bool any = false;
};

namespace bind
{

/* An enumeration is its integer until it is checked: the box may say what it has no name for. */
template <class T, bool = std::is_enum_v<T>> struct plain {
    using type = T;
};
template <class T> struct plain<T, true> {
    using type = std::underlying_type_t<T>;
};
template <class T> using plain_t = typename plain<T>::type;

/* How a value crosses in a register: nothing of the host's in bits that it does not need. */
template <class T>
using raw_t = std::conditional_t<
    std::is_void_v<T>, void,
    std::conditional_t<
        std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>, uint64_t,
        std::conditional_t<std::is_same_v<T, float> || std::is_same_v<T, double>, double, T>>>;

template <class T>
using raw_or_none = std::conditional_t<std::is_void_v<T>, std::nullptr_t, raw_t<T>>;

template <class T> raw_t<T> to_raw(plain_t<T> value)
{
    if constexpr (std::is_same_v<T, float>) {
        uint64_t bits = 0;
        double wide;
        std::memcpy(&bits, &value, sizeof value);
        std::memcpy(&wide, &bits, sizeof wide);
        return wide;
    } else {
        return static_cast<raw_t<T>>(value);
    }
}

template <class T> plain_t<T> from_raw(raw_t<T> raw)
{
    if constexpr (std::is_same_v<T, bool>) {
        return static_cast<unsigned char>(raw) != 0;
    } else if constexpr (std::is_same_v<T, float>) {
        float value;
        std::memcpy(&value, &raw, sizeof value);
        return value;
    } else {
        return static_cast<plain_t<T>>(raw);
    }
}

/* The bytes of a number that are its value: a long double of 80 bits has 10, and 6 that are not. */
template <class T> constexpr size_t value_bytes()
{
    return std::is_same_v<T, long double> && std::numeric_limits<T>::digits == 64 ? 10 : sizeof(T);
}

struct run {
    size_t at, size;
    unsigned char bits; /* of each of these bytes */
};

/* The bytes of a value as the box gets it: no padding of the host's. */
template <class Box, class T> void image(unsigned char *to, const T &from)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(&from);
    std::memset(to, 0, sizeof from);
    if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
        static_assert(values<T, Box>::known,
                      "a union in it has members that fill different bytes: annotate it as whole, "
                      "if the host clears them");
        for (const run &run : values<T, Box>::runs)
            for (size_t i = run.at; i < run.at + run.size; i++)
                to[i] = bytes[i] & run.bits;
    } else {
        std::memcpy(to, bytes, value_bytes<T>());
    }
}

/* A structure of the box: each bool in it becomes 0 or 1. */
template <class Box, class T> void settle(T &from)
{
    if constexpr (bools<T, Box>::any) {
        auto *bytes = reinterpret_cast<unsigned char *>(&from);
        for (const run &run : bools<T, Box>::runs)
            for (size_t i = run.at; i < run.at + run.size; i++)
                bytes[i] = bytes[i] != 0;
    }
}

/* What is computed with numbers of the box wraps: in signed types the compiler may think that it
 * does not, and leave out what the host checks. */
template <class T> constexpr auto wrapping(T value)
{
    if constexpr (std::is_integral_v<T>)
        return static_cast<std::make_unsigned_t<decltype(+value)>>(value);
    else
        return value;
}

/* How an argument crosses: as raw_t, but for what would leave bytes of a stack word as they are. */
#if __LDBL_MANT_DIG__ == 64
struct __attribute__((packed, aligned(16))) long_double { /* so it goes by memory */
    unsigned char first;
    uint64_t second;
    unsigned char rest[7];
};
template <class T>
using argument_t = std::conditional_t<std::is_same_v<T, long double>, long_double, raw_t<T>>;
#else
template <class T> using argument_t = raw_t<T>;
#endif

template <class Box, class T> argument_t<T> to_argument(const plain_t<T> &value)
{
    if constexpr (std::is_class_v<argument_t<T>> || std::is_union_v<argument_t<T>>) {
        argument_t<T> to{};
        image<Box>(reinterpret_cast<unsigned char *>(&to), value);
        return to;
    } else {
        return to_raw<T>(value);
    }
}

/* The exception that left a callback of this thread. */
inline std::exception_ptr &pending()
{
    static thread_local std::exception_ptr exception;
    return exception;
}

inline void check(struct lfi_library *library)
{
    const lfi_library_failure *failure = lfi_library_failed(library);
    if (__builtin_expect(!failure, 1))
        return;
    if (failure->end == LFI_LIBRARY_UNWOUND && pending())
        std::rethrow_exception(std::exchange(pending(), nullptr));
    throw box_error(-ECANCELED, failure->report);
}

inline void check(int status, const char *what)
{
    if (status != 0)
        throw box_error(status, what);
}

/* Bytes of the box as a value of T. */
template <class T> plain_t<T> read(struct lfi_library *library, uint64_t address)
{
    if constexpr (std::is_same_v<T, bool>) {
        return read<unsigned char>(library, address) != 0;
    } else {
        plain_t<std::remove_const_t<T>> value;
        check(lfi_library_copy_in(library, &value, address, sizeof value),
              "a pointer of the box points to nothing");
        return value;
    }
}

/* The shape of a callback of integers, pointers, enumerations and floating-point numbers. */
template <class R, class... A> constexpr lfi_shape callback_shape()
{
    static_assert(
        ((std::is_scalar_v<A> && !std::is_same_v<A, long double>)&&...) &&
            (std::is_void_v<R> || (std::is_scalar_v<R> && !std::is_same_v<R, long double>)),
        "callbacks with structures or long double: use the C wrappers");
    constexpr unsigned integers = (0u + ... + !std::is_floating_point_v<A>);
    constexpr unsigned vectors = (0u + ... + std::is_floating_point_v<A>);
    constexpr unsigned most = LFI_CALL_INTEGERS;
    constexpr unsigned words =
        (integers > most ? integers - most : 0) + (vectors > 8 ? vectors - 8 : 0);
    return LFI_SHAPE(integers > most ? most : integers, vectors > 8 ? 8 : vectors, words) |
           LFI_SHAPE_RESULT(!std::is_void_v<R> && !std::is_floating_point_v<R>,
                            std::is_floating_point_v<R>);
}

} // namespace bind

/* ---------------------------------------------------------------------------------- values */

/* A number, or a structure by value. */
template <class T, class Box> class tainted
{
    static_assert(!std::is_reference_v<T>);
    using value_type = bind::plain_t<T>;

  public:
    tainted() : value_{}
    {
    }
    tainted(const T &value) : value_(static_cast<value_type>(value))
    {
    } /* the host's own: no secret */
    static tainted internal(const value_type &value)
    {
        tainted made;
        if constexpr (std::is_class_v<value_type>)
            std::memcpy(static_cast<void *>(&made.value_), &value, sizeof value);
        else
            made.value_ = value;
        bind::settle<Box>(made.value_);
        return made;
    }

    template <class F> auto copy_and_verify(F verify) const
    {
        return verify(value_);
    }
    template <size_t N> value_type unverified_safe_because(const char (&)[N]) const
    {
        static_assert(!std::is_class_v<T>, "a structure may hold pointers: copy_and_verify()");
        return value_;
    }
    value_type UNSAFE_unverified() const
    {
        return value_;
    }

    /* A field of a structure. */
    template <class M, class S> tainted<M, Box> member(M S::*field) const
    {
        static_assert(std::is_same_v<S, T>);
        static_assert(!std::is_pointer_v<M>, "a pointer needs its box: read it in the box by ->");
        const auto *bytes = reinterpret_cast<const unsigned char *>(&(value_.*field));
        if constexpr (std::is_same_v<M, bool>) {
            return tainted<M, Box>(*bytes != 0);
        } else {
            bind::plain_t<M> copy;
            std::memcpy(&copy, bytes, sizeof copy);
            return tainted<M, Box>::internal(copy);
        }
    }

#define LFI_TAINTED_OPERATOR(op)                                                            \
    friend tainted operator op(const tainted &a, const tainted &b)                          \
    {                                                                                       \
        return internal(                                                                    \
            static_cast<value_type>(bind::wrapping(a.value_) op bind::wrapping(b.value_))); \
    }
    LFI_TAINTED_OPERATOR(+)
    LFI_TAINTED_OPERATOR(-)
    LFI_TAINTED_OPERATOR(*)
    LFI_TAINTED_OPERATOR(&)
    LFI_TAINTED_OPERATOR(|)
    LFI_TAINTED_OPERATOR(^)
#undef LFI_TAINTED_OPERATOR
#define LFI_TAINTED_COMPARISON(op)                                            \
    friend tainted<bool, Box> operator op(const tainted &a, const tainted &b) \
    {                                                                         \
        return tainted<bool, Box>(a.value_ op b.value_);                      \
    }
    LFI_TAINTED_COMPARISON(==)
    LFI_TAINTED_COMPARISON(!=)
    LFI_TAINTED_COMPARISON(<)
    LFI_TAINTED_COMPARISON(<=)
    LFI_TAINTED_COMPARISON(>)
    LFI_TAINTED_COMPARISON(>=)
#undef LFI_TAINTED_COMPARISON

  private:
    value_type value_;
};

/* An address in the box, which it knows. */
template <class T, class Box> class tainted<T *, Box>
{
    static constexpr size_t unit()
    {
        if constexpr (std::is_void_v<T> || std::is_function_v<T>)
            return 1;
        else
            return sizeof(T);
    }

  public:
    tainted() = default;
    tainted(std::nullptr_t)
    {
    }
    template <class U, class = std::enable_if_t<std::is_convertible_v<U *, T *>>>
    tainted(const tainted<U *, Box> &other) : box_(other.box()), address_(other.address())
    {
    }
    /* A callback is a pointer to a function that the box may call. */
    tainted(const callback<T, Box> &function) : box_(function.box()), address_(function.address())
    {
    }
    static tainted internal(Box *box, uint64_t address)
    {
        tainted made;
        made.box_ = box;
        made.address_ = address;
        return made;
    }

    Box *box() const
    {
        return box_;
    }
    uint64_t address() const
    {
        return address_;
    }

    /* Whether it is NULL says nothing that the host could trip over. */
    friend bool operator==(const tainted &a, std::nullptr_t)
    {
        return a.address_ == 0;
    }
    friend bool operator!=(const tainted &a, std::nullptr_t)
    {
        return a.address_ != 0;
    }
    tainted operator+(std::ptrdiff_t n) const
    {
        return internal(box_, address_ + static_cast<uint64_t>(n) * unit());
    }
    tainted operator-(std::ptrdiff_t n) const
    {
        return *this + -n;
    }

    tainted_volatile<T, Box> operator*() const
    {
        return tainted_volatile<T, Box>(box_, address_);
    }
    tainted_volatile<T, Box> operator[](std::ptrdiff_t n) const
    {
        return *(*this + n);
    }
    struct arrow {
        fields<std::remove_const_t<T>, Box> at;
        fields<std::remove_const_t<T>, Box> *operator->()
        {
            return &at;
        }
    };
    arrow operator->() const
    {
        return arrow{fields<std::remove_const_t<T>, Box>(box_, address_)};
    }

    /* A copy of what it points to, for `verify`: std::unique_ptr<T>, or NULL. */
    template <class F> auto copy_and_verify(F verify) const
    {
        using value = std::remove_const_t<T>;
        std::unique_ptr<bind::plain_t<value>> copy;
        if (address_)
            copy = std::make_unique<bind::plain_t<value>>(
                bind::read<value>(box_->library(), address_));
        if (copy)
            bind::settle<Box>(*copy);
        return verify(std::move(copy));
    }
    /* The same for `count` elements: std::unique_ptr<T[]>. */
    template <class F> auto copy_and_verify_range(F verify, size_t count) const
    {
        using value = bind::plain_t<std::remove_const_t<T>>;
        std::unique_ptr<value[]> copy;
        if (address_) {
            if (count > UINT32_MAX / sizeof(value) ||
                !lfi_box_contains(lfi_library_box(box_->library()), address_,
                                  count * sizeof(value)))
                throw box_error(-EFAULT, "a range that is not in the box");
            copy = std::make_unique<value[]>(count);
            if constexpr (std::is_same_v<value, bool>) {
                for (size_t i = 0; i < count; i++)
                    copy[i] = bind::read<bool>(box_->library(), address_ + i);
            } else {
                bind::check(lfi_library_copy_in(box_->library(), copy.get(), address_,
                                                count * sizeof(value)),
                            "a range of the box that cannot be read");
                for (size_t i = 0; i < count && bools<value, Box>::any; i++)
                    bind::settle<Box>(copy[i]);
            }
        }
        return verify(std::move(copy));
    }
    /* A string of less than `max` bytes: std::unique_ptr<char[]>. */
    template <class F> auto copy_and_verify_string(F verify, size_t max = 1 << 20) const
    {
        static_assert(sizeof(T) == 1);
        std::unique_ptr<char[]> copy;
        if (address_) {
            char *text;
            bind::check(lfi_library_string_in(box_->library(), &text, address_, max),
                        "a string of the box that cannot be read");
            size_t size = std::strlen(text) + 1;
            copy.reset(new (std::nothrow) char[size]);
            if (copy)
                std::memcpy(copy.get(), text, size);
            std::free(text);
            if (!copy)
                throw std::bad_alloc();
        }
        return verify(std::move(copy));
    }
    /* The pointer itself: what it points to changes whenever the box likes. */
    T *UNSAFE_unverified() const
    {
        if (address_ && !lfi_box_contains(lfi_library_box(box_->library()), address_, unit()))
            throw box_error(-EFAULT, "a pointer that is not into the box");
        return reinterpret_cast<T *>(static_cast<uintptr_t>(address_));
    }
    template <size_t N> T *unverified_safe_pointer_because(size_t count, const char (&)[N]) const
    {
        if (count > UINT32_MAX / unit() ||
            (address_ &&
             !lfi_box_contains(lfi_library_box(box_->library()), address_, count * unit())))
            throw box_error(-EFAULT, "a pointer that is not into the box");
        return reinterpret_cast<T *>(static_cast<uintptr_t>(address_));
    }

  private:
    Box *box_ = nullptr;
    uint64_t address_ = 0;
};

template <class To, class From, class Box>
tainted<To, Box> sandbox_reinterpret_cast(const tainted<From *, Box> &pointer)
{
    static_assert(std::is_pointer_v<To>);
    return tainted<To, Box>::internal(pointer.box(), pointer.address());
}
template <class To, class From, class Box>
tainted<To, Box> sandbox_const_cast(const tainted<From *, Box> &pointer)
{
    return sandbox_reinterpret_cast<To>(pointer);
}

/* A place in the box: reading it makes a tainted copy. */
template <class T, class Box> class tainted_volatile
{
    using value = std::remove_const_t<T>;

  public:
    tainted_volatile(Box *box, uint64_t address) : box_(box), address_(address)
    {
    }
    tainted_volatile(const tainted_volatile &) = default;

    operator tainted<value, Box>() const
    {
        return get();
    }
    tainted<value, Box> get() const
    {
        if constexpr (std::is_pointer_v<value>)
            return tainted<value, Box>::internal(box_,
                                                 bind::read<uint64_t>(box_->library(), address_));
        else
            return tainted<value, Box>::internal(bind::read<value>(box_->library(), address_));
    }
    tainted_volatile &operator=(const tainted<value, Box> &from)
    {
        static_assert(!std::is_const_v<T>, "a pointer to const");
        if constexpr (std::is_pointer_v<value>) {
            put(from.address());
        } else {
            put(from.UNSAFE_unverified());
        }
        return *this;
    }
    tainted_volatile &operator=(const tainted_volatile &from)
    {
        return *this = from.get();
    }
    tainted<T *, Box> operator&() const
    {
        return tainted<T *, Box>::internal(box_, address_);
    }
    template <class F> auto copy_and_verify(F verify) const
    {
        return get().copy_and_verify(verify);
    }
    value UNSAFE_unverified() const
    {
        return static_cast<value>(get().UNSAFE_unverified());
    }

    /* Of a pointer in the box, what it points to; of a structure in another, its fields. */
    auto operator->() const
    {
        if constexpr (std::is_pointer_v<value>)
            return get().operator->();
        else
            return operator&().operator->();
    }
    auto operator*() const
    {
        return *get();
    }
    auto operator[](std::ptrdiff_t n) const
    {
        return get()[n];
    }
    template <class F> auto copy_and_verify_range(F verify, size_t count) const
    {
        return get().copy_and_verify_range(verify, count);
    }
    template <class F> auto copy_and_verify_string(F verify, size_t max = 1 << 20) const
    {
        return get().copy_and_verify_string(verify, max);
    }

  private:
    template <class V> void put(const V &from)
    {
        unsigned char bytes[sizeof from];
        bind::image<Box>(bytes, from);
        bind::check(lfi_library_copy_out(box_->library(), address_, bytes, sizeof bytes),
                    "a pointer of the box points to nothing");
    }
    Box *box_;
    uint64_t address_;
};

/* An array in a structure of the box. */
template <class T, size_t N, class Box> class tainted_volatile<T[N], Box>
{
  public:
    tainted_volatile(Box *box, uint64_t address) : box_(box), address_(address)
    {
    }
    tainted_volatile<T, Box> operator[](size_t n) const
    {
        if (n >= N)
            throw box_error(-ERANGE, "an index that is not in the array");
        return tainted_volatile<T, Box>(box_, address_ + n * sizeof(T));
    }

  private:
    Box *box_;
    uint64_t address_;
};

/* ---------------------------------------------------------------------------------- callbacks */

namespace bind
{

/*
 * What the address of a callback leads to. It stays until its sandbox ends, since a thread of the
 * box may be on its way here when the callback ends; another may have it then.
 */
struct registration {
    std::mutex lock;
    std::condition_variable idle;
    const void *type = nullptr; /* whose thunk it is for; nullptr: no callback */
    std::shared_ptr<void> function;
    unsigned running = 0;
};

/* Those that this thread runs right now, innermost first. */
struct running {
    registration *of;
    running *outer;
};
inline running *&innermost()
{
    static thread_local running *list = nullptr;
    return list;
}

/* The function, which now runs; NULL if the callback has ended. */
inline std::shared_ptr<void> enter(running &self, const void *type)
{
    std::lock_guard<std::mutex> hold(self.of->lock);
    if (self.of->type != type)
        return nullptr;
    self.of->running++;
    self.outer = std::exchange(innermost(), &self);
    return self.of->function;
}

inline void leave(running &self)
{
    std::lock_guard<std::mutex> hold(self.of->lock);
    innermost() = self.outer;
    self.of->running--;
    self.of->idle.notify_all();
}

/* No other thread runs it any more when this returns. Whether it may be used again. */
inline bool end(registration &callback)
{
    unsigned own = 0;
    for (const running *at = innermost(); at; at = at->outer)
        own += at->of == &callback;
    std::unique_lock<std::mutex> hold(callback.lock);
    callback.type = nullptr;
    callback.idle.wait(hold, [&] { return callback.running == own; });
    callback.function.reset(); /* who runs it has it, too */
    return own == 0;
}

/* Those of a sandbox. */
class registrations
{
  public:
    registration *take()
    {
        std::lock_guard<std::mutex> hold(lock_);
        if (free_.empty()) {
            all_.push_back(std::make_unique<registration>());
            free_.reserve(all_.size());
            return all_.back().get();
        }
        registration *taken = free_.back();
        free_.pop_back();
        return taken;
    }
    void give(registration *given)
    {
        std::lock_guard<std::mutex> hold(lock_);
        free_.push_back(given);
    }

  private:
    std::mutex lock_;
    std::vector<std::unique_ptr<registration>> all_;
    std::vector<registration *> free_;
};

} // namespace bind

/*
 * A function of the host that the box can call until this ends; F is R(A...). The end waits until
 * no other thread runs it, as the box may have threads that call it at any moment: what the
 * function refers to may go after that, not before.
 */
template <class R, class... A, class Box> class callback<R(A...), Box>
{
    using function_type =
        std::function<std::conditional_t<std::is_void_v<R>, void, R>(Box &, tainted<A, Box>...)>;
    struct state {
        Box *box;
        function_type function;
    };

  public:
    callback() = default;
    template <class F> callback(Box &box, F function) : box_(&box)
    {
        auto made = std::make_shared<state>(state{&box, function});
        registration_ = box.registrations().take();
        {
            std::lock_guard<std::mutex> hold(registration_->lock);
            registration_->type = type();
            registration_->function = std::move(made);
        }
        generation_ = lfi_library_generation(box.library());
        int status =
            lfi_library_callback(box.library(), reinterpret_cast<lfi_gate_fn *>(&thunk),
                                 registration_, bind::callback_shape<R, A...>(), &address_);
        if (status != 0)
            unregister();
        bind::check(status, "no room for a callback");
    }
    callback(callback &&other) noexcept
        : box_(std::exchange(other.box_, nullptr)), address_(std::exchange(other.address_, 0)),
          generation_(other.generation_), registration_(std::exchange(other.registration_, nullptr))
    {
    }
    callback &operator=(callback &&other)
    {
        if (this != &other) {
            unregister();
            box_ = std::exchange(other.box_, nullptr);
            address_ = std::exchange(other.address_, 0);
            generation_ = other.generation_;
            registration_ = std::exchange(other.registration_, nullptr);
        }
        return *this;
    }
    ~callback()
    {
        unregister();
    }

    /* By code in the box, too: a call of it is a fault from now on. */
    void unregister()
    {
        if (!registration_)
            return;
        if (address()) /* else a reset has, and another may have the address now */
            lfi_library_uncallback(box_->library(), address_);
        if (bind::end(*registration_))
            box_->registrations().give(registration_);
        registration_ = nullptr;
        address_ = 0;
        box_ = nullptr;
    }
    Box *box() const
    {
        return box_;
    }
    /* 0 after a reset of the library to a state in which it was not there. */
    uint64_t address() const
    {
        bool there =
            box_ && (generation_ == 0 || generation_ == lfi_library_generation(box_->library()));
        return there ? address_ : 0;
    }

  private:
    template <class T> static tainted<T, Box> argument(Box *box, bind::raw_t<T> raw)
    {
        if constexpr (std::is_pointer_v<T>)
            return tainted<T, Box>::internal(box, raw);
        else
            return tainted<T, Box>::internal(bind::from_raw<T>(raw));
    }
    static const void *type()
    {
        return reinterpret_cast<const void *>(&thunk);
    }
    /* In a function of its own: nothing is left to destroy where the thunk unwinds. */
    static bool run(bind::registration *registration, std::optional<bind::raw_or_none<R>> &result,
                    bind::raw_t<A>... raw)
    {
        bind::running self{registration, nullptr};
        std::shared_ptr<void> held = bind::enter(self, type());
        if (!held)
            return false;
        auto *s = static_cast<state *>(held.get());
        bool good = false;
        try {
            if constexpr (std::is_void_v<R>) {
                s->function(*s->box, argument<A>(s->box, raw)...);
                result.emplace();
            } else {
                result = bind::to_raw<R>(s->function(*s->box, argument<A>(s->box, raw)...));
            }
            good = true;
        } catch (...) {
            bind::pending() = std::current_exception();
        }
        bind::leave(self);
        return good;
    }
    static bind::raw_t<R> thunk(bind::raw_t<A>... raw)
    {
        std::optional<bind::raw_or_none<R>> result;
        if (!run(static_cast<bind::registration *>(lfi_callback_data()), result, raw...))
            lfi_library_unwind(-ECANCELED); /* rethrown by the call that it ends */
        if constexpr (!std::is_void_v<R>)
            return *result;
    }
    Box *box_ = nullptr;
    uint64_t address_ = 0, generation_ = 0;
    bind::registration *registration_ = nullptr;
};

/* ---------------------------------------------------------------------------------- sandbox */

/* What the class of a binding, Box, inherits. */
template <class Box> class sandbox
{
  public:
    sandbox(const sandbox &) = delete;
    sandbox &operator=(const sandbox &) = delete;

    struct lfi_library *library() const
    {
        return library_;
    }
    bind::registrations &registrations() /* for callbacks */
    {
        return registrations_;
    }

    template <class T> tainted<T *, Box> malloc_in_sandbox(size_t count = 1)
    {
        static_assert(!std::is_void_v<T>);
        if (count > UINT32_MAX / sizeof(T))
            throw std::bad_alloc();
        uint64_t address = lfi_library_calloc(library_, count, sizeof(T));
        if (!address)
            throw std::bad_alloc();
        return tainted<T *, Box>::internal(self(), address);
    }
    template <class T> void free_in_sandbox(const tainted<T *, Box> &pointer)
    {
        lfi_library_free_memory(library_, pointer.address());
    }
    /* A copy of the host's in the box, to be freed. */
    template <class T> tainted<T *, Box> copy_to_sandbox(const T *from, size_t count)
    {
        static_assert(std::is_arithmetic_v<T>, "structures are written field by field, by ->");
        tainted<T *, Box> to = malloc_in_sandbox<T>(count ? count : 1);
        if constexpr (bind::value_bytes<T>() != sizeof(T)) {
            for (size_t i = 0; i < count; i++)
                to[static_cast<std::ptrdiff_t>(i)] = from[i];
        } else {
            bind::check(lfi_library_copy_out(library_, to.address(), from, count * sizeof(T)),
                        "memory of the box that cannot be written");
        }
        return to;
    }
    tainted<char *, Box> copy_to_sandbox(const char *string)
    {
        return copy_to_sandbox(string, std::strlen(string) + 1);
    }
    /* box.register_callback<int(int, void *)>([&](Box &, tainted<int>, tainted<void *>) ...) */
    template <class F, class L> callback<F, Box> register_callback(L function)
    {
        return callback<F, Box>(*self(), function);
    }

  protected:
    sandbox() = default;
    ~sandbox() = default;
    Box *self()
    {
        return static_cast<Box *>(this);
    }

    template <class R, class... A>
    auto call(uint64_t address, lfi_shape shape, const tainted<A, Box> &...arguments)
    {
        if (address == 0)
            throw box_error(-ENOSYS, "the library does not have this function");
        using function = bind::raw_t<R> (*)(bind::argument_t<A>...);
        if constexpr (std::is_void_v<R>) {
            reinterpret_cast<function>(lfi_library_gate(library_, address, shape))(
                raw(arguments)...);
            bind::check(library_);
        } else {
            bind::raw_t<R> raw_result = reinterpret_cast<function>(
                lfi_library_gate(library_, address, shape))(raw(arguments)...);
            bind::check(library_);
            if constexpr (std::is_pointer_v<R>)
                return tainted<R, Box>::internal(self(), raw_result);
            else
                return tainted<R, Box>::internal(bind::from_raw<R>(raw_result));
        }
    }

    struct lfi_library *library_ = nullptr;

  private:
    template <class T> static bind::argument_t<T> raw(const tainted<T, Box> &value)
    {
        if constexpr (std::is_pointer_v<T>)
            return value.address();
        else
            return bind::to_argument<Box, T>(value.UNSAFE_unverified());
    }
    bind::registrations registrations_;
};

} // namespace lfi

#endif
