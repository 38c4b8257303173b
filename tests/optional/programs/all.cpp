// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All headers in C++, and a function of each library.
#include <argp.h>
#include <error.h>
#include <execinfo.h>
#include <fts.h>
#include <obstack.h>
#include <sys/queue.h>
#include <sys/tree.h>

#include <cstdio>
#include <cstdlib>

#define obstack_chunk_alloc std::malloc
#define obstack_chunk_free  std::free

struct item {
    int value;
    TAILQ_ENTRY(item) link;
};
TAILQ_HEAD(items, item);

int main(int argc, char **argv)
{
    const argp parser = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
    std::printf("argp %d\n", argp_parse(&parser, argc, argv, 0, nullptr, nullptr));
    error(0, 0, "%s", "error");
    void *frames[1];
    std::printf("execinfo %d\n", backtrace(frames, 1));
    char root[] = "/";
    char *roots[] = {root, nullptr};
    FTS *fts = fts_open(roots, FTS_PHYSICAL, nullptr);
    std::printf("fts %s\n", fts_read(fts)->fts_path);
    fts_close(fts);
    struct obstack stack;
    obstack_init(&stack);
    std::printf("obstack %s\n", static_cast<char *>(obstack_copy0(&stack, "copy", 4)));
    obstack_free(&stack, nullptr);
    items list = TAILQ_HEAD_INITIALIZER(list);
    item one = {1, {}};
    TAILQ_INSERT_TAIL(&list, &one, link);
    std::printf("queue %d\n", TAILQ_FIRST(&list)->value);
    return 0;
}
