// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* -l:mimalloc.o: the malloc of the whole program, C's and C++'s, musl's own calls included. */
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <map>
#include <memory>
#include <mimalloc.h>
#include <new>
#include <string>
#include <thread>
#include <vector>

static bool theirs(const void *pointer)
{
    return mi_check_owned(pointer);
}

struct alignas(512) Wide {
    char bytes[512];
};

int main()
{
    void *block = std::malloc(10), *cleared = std::calloc(100, 10);
    char *copy = strdup("copied");
    void *aligned = std::aligned_alloc(256, 256), *other = nullptr;
    int status = posix_memalign(&other, 128, 1000);
    std::printf("%d%d%d%d%d %d %d\n", theirs(block), theirs(cleared), theirs(copy), theirs(aligned),
                theirs(other), status, (int)((uintptr_t)aligned % 256 + (uintptr_t)other % 128));
    block = std::realloc(block, 5000000);
    auto *one = new int(1);
    auto *many = new Wide[2];
    std::printf("%d%d%d %d %d\n", theirs(block), theirs(one), theirs(many),
                (int)((uintptr_t)many % 512), malloc_usable_size(copy) >= 7);
    std::free(block);
    std::free(cleared);
    std::free(copy);
    std::free(aligned);
    std::free(other);
    delete one;
    delete[] many;

    char *line = nullptr;
    size_t room = 0;
    std::FILE *stream = std::tmpfile();
    std::fputs("a line that getline() finds room for\n", stream);
    std::rewind(stream);
    std::printf("%d ", (int)getline(&line, &room, stream));
    std::printf("%d\n", theirs(line));
    std::free(line);
    std::fclose(stream);

    volatile size_t huge = SIZE_MAX / 4;
    void *volatile kept;
    try {
        kept = new char[huge];
        std::puts("too good");
    } catch (const std::bad_alloc &) {
        std::puts("bad_alloc");
    }

    /* Blocks go from thread to thread and are freed where they were not made. */
    std::atomic<long> sum{0};
    for (int round = 0; round < 3; round++) {
        std::vector<std::unique_ptr<std::string>> handed(150);
        std::vector<std::thread> threads;
        for (int i = 0; i < 150; i++) {
            threads.emplace_back([&, i] {
                std::map<int, std::string> tree;
                for (int k = 0; k < 100; k++)
                    tree[k * 7 % 101] = std::string(k + 20, 'x');
                handed[i] = std::make_unique<std::string>(tree[7]);
            });
        }
        for (auto &thread : threads)
            thread.join();
        for (auto &text : handed)
            sum += text->size();
    }
    std::printf("%ld\n", sum.load());
}
