// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A process in a box, whose system calls the test makes itself. Needs cmocka.h and linux-program.h.
 */
#ifndef LINUX_BOX_H
#define LINUX_BOX_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "linux-program.h"
#include "linux/process.h"
#include "serve.h"

struct box {
    struct lfi_space *space;
    struct lfi_box *box;
    struct lfi_process *process;
    uint64_t page; /* of the box, for arguments: two paths, then SCRATCH */
};

enum { FIRST_PATH = 0, SECOND_PATH = 1024, SCRATCH = 2048 };

#define BOX_CALL(box, number, ...) box_call(box, number, (const uint64_t[6]){__VA_ARGS__})

static inline long box_call(struct box *box, long number, const uint64_t arg[6])
{
    struct lfi_regs regs = {
        CALL_REGISTERS((uint64_t)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5])};
    serve_call(box->process->main->context, &regs);
    return (long)regs.CALL_RESULT;
}

static inline void box_new(struct box *box, const struct lfi_linux_options *options)
{
    struct lfi_error error;
    struct program program;
    program_new(&program);
    assert_int_equal(test_space_new(&box->space, 1, &error), 0);
    assert_int_equal(lfi_box_new(box->space, &box->box, &error), 0);
    if (lfi_linux_new(box->box, options, &box->process, &error) ||
        lfi_linux_load_bytes(box->process, "/secret/place/program", program.bytes,
                             sizeof program.bytes, &error))
        fail_msg("%s", error.message);
    long page = BOX_CALL(box, SYS_mmap, 0, lfi_page_size(), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1);
    assert_true(page > 0);
    box->page = (uint64_t)page;
}

static inline void box_free(struct box *box)
{
    lfi_linux_free(box->process);
    assert_int_equal(lfi_box_free(box->box), 0);
    assert_int_equal(lfi_space_free(box->space), 0);
}

/* The address of a path in the box. */
static inline uint64_t box_path(struct box *box, uint64_t offset, const char *path)
{
    assert_int_equal(lfi_copy_out(box->box, box->page + offset, path, strlen(path) + 1), 0);
    return box->page + offset;
}

static inline uint64_t box_first(struct box *box, const char *path)
{
    return box_path(box, FIRST_PATH, path);
}

static inline long box_open(struct box *box, const char *path, int flags)
{
    return BOX_CALL(box, SYS_openat, (uint64_t)AT_FDCWD, box_first(box, path), (uint64_t)flags,
                    0600);
}

#endif
