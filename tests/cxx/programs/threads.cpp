// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Threads, what they wait with, and what each has of its own. */
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <memory>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::atomic<int> born, died;

struct Own {
    std::vector<int> values{1, 2, 3};
    Own()
    {
        born++;
    }
    ~Own()
    {
        died += values.size() == 4;
    }
};
static thread_local Own own;
static thread_local std::string word = "own";

struct Once {
    Once()
    {
        std::this_thread::yield();
        made++;
    }
    static std::atomic<int> made;
};
std::atomic<int> Once::made;

static Once &once()
{
    static Once instance; // one thread makes it, the others wait
    return instance;
}

int main()
{
    std::mutex mutex;
    std::condition_variable changed;
    std::once_flag flag;
    int turn = 0, called = 0;
    std::string order;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([&, i] {
            own.values.push_back(i);
            word += std::to_string(i);
            once();
            std::call_once(flag, [&] { called++; });
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn == i; });
            order += word + ' ';
            turn++;
            changed.notify_all();
        });
    }
    for (auto &thread : threads)
        thread.join();
    std::printf("%s\n%s\n", order.c_str(), word.c_str());
    std::printf("%d %d %d %d\n", called, Once::made.load(), born.load(), died.load());

    std::vector<long> numbers(100000);
    std::iota(numbers.begin(), numbers.end(), 1);
    auto half = std::async(std::launch::async, [&] {
        return std::accumulate(numbers.begin(), numbers.begin() + 50000, 0L);
    });
    long rest = std::accumulate(numbers.begin() + 50000, numbers.end(), 0L);
    std::printf("%ld\n", half.get() + rest);

    auto failing =
        std::async(std::launch::async, []() -> int { throw std::runtime_error("there"); });
    try {
        failing.get();
    } catch (const std::runtime_error &e) {
        std::printf("from another thread: %s\n", e.what());
    }
    std::promise<std::unique_ptr<int>> promise;
    auto future = promise.get_future();
    std::thread([&] { promise.set_value(std::make_unique<int>(42)); }).join();
    std::printf("%d\n", *future.get());

    std::atomic<long> count{0};
    std::shared_mutex shared;
    long guarded = 0;
    {
        std::vector<std::thread> workers;
        for (int i = 0; i < 4; i++) {
            workers.emplace_back([&] {
                for (int k = 0; k < 5000; k++) {
                    count.fetch_add(k & 1, std::memory_order_relaxed);
                    if (k % 10 == 0) {
                        std::unique_lock lock(shared);
                        guarded++;
                    } else {
                        std::shared_lock lock(shared);
                        if (guarded < 0)
                            std::puts("impossible");
                    }
                    if (k % 100 == 0) {
                        try {
                            throw k;
                        } catch (int value) {
                            count += value == k;
                        }
                    }
                }
            });
        }
        for (auto &worker : workers)
            worker.join();
    }
    std::printf("%ld %ld\n", count.load(), guarded);
}
