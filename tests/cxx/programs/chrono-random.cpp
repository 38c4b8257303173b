// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Clocks go forward; generators give what the standard demands of them. */
#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

using namespace std::chrono_literals;

int main()
{
    auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(2ms);
    std::printf("%d\n", std::chrono::steady_clock::now() - start >= 2ms);
    auto today = std::chrono::system_clock::now().time_since_epoch();
    std::printf("%d\n", today > std::chrono::hours(24 * 365 * 50));
    std::printf(
        "%lld\n",
        (long long)std::chrono::duration_cast<std::chrono::seconds>(90min + 1500ms).count());
    using namespace std::chrono;
    year_month_day day{sys_days{2024y / February / 28} + days{2}};
    std::printf("%d-%u-%u %d\n", (int)day.year(), (unsigned)day.month(), (unsigned)day.day(),
                (2023y / February / 29).ok());
    std::mt19937 small;
    std::mt19937_64 large;
    small.discard(9999);
    large.discard(9999);
    std::printf("%lu %llu\n", (unsigned long)small(), (unsigned long long)large());
    std::random_device device;
    bool differs = false;
    for (unsigned i = 0, first = device(); i < 8; i++)
        differs |= device() != first;
    std::printf("%d\n", differs);
    std::normal_distribution<> normal(10, 2);
    double sum = 0;
    for (int i = 0; i < 10000; i++)
        sum += normal(small);
    std::printf("%d\n", sum / 10000 > 9.8 && sum / 10000 < 10.2);
}
