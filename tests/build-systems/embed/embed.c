// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A program of the host that embeds liblfi: embed PROGRAM [ARGUMENT]... runs PROGRAM in a box. */
#include <stdio.h>

#include <lfi/linux.h>

int main(int argc, char **argv)
{
    (void)argc;
    struct lfi_error error = {{0}};
    struct lfi_space *space = NULL;
    struct lfi_box *box = NULL;
    struct lfi_process *process = NULL;
    struct lfi_linux_options options = {.argv = (const char *const *)argv + 1};
    struct lfi_linux_result result = {.status = 1};
    if (lfi_space_new(&space, 1, &error) || lfi_box_new(space, &box, &error) ||
        lfi_linux_new(box, &options, &process, &error) ||
        lfi_linux_load(process, argv[1], &error) || lfi_linux_run(process, &result))
        fprintf(stderr, "embed: %s\n", error.message);
    else
        fprintf(stderr, "embed: the program ended with status %d\n", result.status);
    lfi_linux_free(process);
    lfi_box_free(box);
    lfi_space_free(space);
    return result.status;
}
