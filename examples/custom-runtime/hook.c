// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * hook PROGRAM [ARGUMENT]...: runs a Linux program in a box that sees no files, adds a system call
 * to those that it has, and takes one away.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <lfi/linux.h>

enum { CALL_ASK = 5000 };

static int64_t ask(const struct lfi_box *box, uint64_t question, uint64_t answer, uint64_t size)
{
    char copy[32];
    const char *text = "I do not know";
    if (lfi_copy_string(box, copy, question, sizeof copy) < 0)
        return -EFAULT;
    if (strcmp(copy, "colour") == 0)
        text = "green";
    if (size <= strlen(text))
        return -ERANGE;
    int code = lfi_copy_out(box, answer, text, strlen(text) + 1);
    return code ? code : (int64_t)strlen(text);
}

/* Any thread of the box, several at once. */
static bool hook(struct lfi_linux_call *call, void *data)
{
    (void)data;
    switch (call->number) {
    case CALL_ASK:
        call->result = ask(lfi_context_box(call->context), call->arguments[0], call->arguments[1],
                           call->arguments[2]);
        return true;
    case SYS_getppid:
        call->result = -EPERM;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct lfi_error why = {{0}};
    struct lfi_space *space = NULL;
    struct lfi_box *box = NULL;
    struct lfi_process *process = NULL;
    struct lfi_linux_options options = {
        .argv = (const char *const *)argv + 1, .restricted = true, .hook = hook};
    struct lfi_linux_result result = {.status = 1};
    if (argc < 2 || lfi_space_new(&space, 1, &why) || lfi_box_new(space, &box, &why) ||
        lfi_linux_new(box, &options, &process, &why) || lfi_linux_load(process, argv[1], &why) ||
        lfi_linux_run(process, &result))
        fprintf(stderr, "hook: %s\n", why.message);
    lfi_linux_free(process);
    lfi_box_free(box);
    lfi_space_free(space);
    return result.status;
}
