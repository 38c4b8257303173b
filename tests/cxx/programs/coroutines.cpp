// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Coroutines: a generator, an exception out of one, one that awaits another. */
#include <coroutine>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

template <typename T> class Generator
{
  public:
    struct promise_type {
        T value;
        std::exception_ptr error;
        Generator get_return_object()
        {
            return Generator{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        std::suspend_always final_suspend() noexcept
        {
            return {};
        }
        std::suspend_always yield_value(T next)
        {
            value = next;
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
            error = std::current_exception();
        }
    };
    explicit Generator(std::coroutine_handle<promise_type> handle) : handle(handle)
    {
    }
    Generator(Generator &&other) : handle(std::exchange(other.handle, nullptr))
    {
    }
    ~Generator()
    {
        if (handle)
            handle.destroy();
    }
    bool next()
    {
        handle.resume();
        if (handle.promise().error)
            std::rethrow_exception(handle.promise().error);
        return !handle.done();
    }
    T value() const
    {
        return handle.promise().value;
    }

  private:
    std::coroutine_handle<promise_type> handle;
};

static Generator<long> fibonacci(int count)
{
    long a = 0, b = 1;
    for (int i = 0; i < count; i++) {
        co_yield a;
        a = std::exchange(b, a + b);
    }
}

static Generator<int> failing()
{
    co_yield 1;
    throw std::runtime_error("in the coroutine");
}

struct Task {
    struct promise_type {
        int result = 0;
        std::coroutine_handle<> waiting = std::noop_coroutine();
        Task get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept
        {
            return {};
        }
        auto final_suspend() noexcept
        {
            struct Resume {
                bool await_ready() noexcept
                {
                    return false;
                }
                std::coroutine_handle<>
                await_suspend(std::coroutine_handle<promise_type> done) noexcept
                {
                    return done.promise().waiting;
                }
                void await_resume() noexcept
                {
                }
            };
            return Resume{};
        }
        void return_value(int value)
        {
            result = value;
        }
        void unhandled_exception()
        {
            std::terminate();
        }
    };
    std::coroutine_handle<promise_type> handle;
    bool await_ready()
    {
        return false;
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller)
    {
        handle.promise().waiting = caller;
        return handle;
    }
    int await_resume()
    {
        int result = handle.promise().result;
        handle.destroy();
        return result;
    }
};

static Task add(int depth)
{
    if (depth == 0)
        co_return 1;
    co_return 1 + co_await add(depth - 1);
}

int main()
{
    auto numbers = fibonacci(20);
    while (numbers.next())
        std::printf("%ld ", numbers.value());
    std::puts("");
    auto bad = failing();
    try {
        while (bad.next())
            std::printf("%d ", bad.value());
    } catch (const std::runtime_error &e) {
        std::puts(e.what());
    }
    Task task = add(500);
    task.handle.resume();
    std::printf("%d\n", task.handle.promise().result);
    task.handle.destroy();
}
