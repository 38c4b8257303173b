// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * runtime FILE [ARGUMENT]...: loads an LFI file into a box and serves its system calls, with
 * nothing but <lfi/lfi.h> and <lfi/verifier.h>: a box without Linux.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <lfi/lfi.h>
#include <lfi/verifier.h>

#include "calls.h"
#include "registers.h"

/* Where things go, from the base of the box. */
enum { IMAGE = 2 << 20, STACK = 256 << 20, STACK_SIZE = 1 << 20, RETURN = STACK + STACK_SIZE };

static uint64_t page_up(uint64_t size)
{
    return (size + lfi_page_size() - 1) & ~(uint64_t)(lfi_page_size() - 1);
}

/* ------------------------------------------------------------------------------- system calls */

struct state {
    uint64_t calls;
};

/* Registers hold whatever the box put there: addresses are checked by the copy, sizes here. */
static uint64_t print(struct lfi_box *box, uint64_t text, uint64_t size)
{
    char copy[256];
    if (size > sizeof copy || lfi_copy_in(box, copy, text, size))
        return 1;
    return fwrite(copy, 1, size, stdout) != size;
}

static void serve(struct lfi_context *context, struct lfi_regs *regs)
{
    struct state *state = lfi_context_data(context);
    uint64_t result = 1;
    switch (CALL_NUMBER(regs)) {
    case CALL_PRINT:
        result = print(lfi_context_box(context), CALL_FIRST(regs), CALL_SECOND(regs));
        break;
    case CALL_NEXT:
        result = ++state->calls;
        break;
    case CALL_STOP:
        lfi_context_stop(context, (int)CALL_FIRST(regs));
        break;
    }
    CALL_RESULT(regs) = result;
}

/* --------------------------------------------------------------------------------- the loader */

static int load_segment(struct lfi_box *box, const struct lfi_image *image,
                        const struct lfi_segment *segment, const char *bytes, struct lfi_error *why)
{
    uint64_t start = lfi_box_base(box) + IMAGE, address = start - image->start + segment->vaddr;
    if (segment->execute) {
        struct lfi_code_map code = {.address = address,
                                    .bytes = bytes + segment->offset,
                                    .size = segment->file_size,
                                    .mode = image->mode,
                                    .image_start = start,
                                    .image_end = start + (image->end - image->start)};
        return lfi_box_map_code(box, &code, why);
    }
    uint64_t page = address & ~(uint64_t)(lfi_page_size() - 1);
    uint64_t size = page_up(address + segment->mem_size - page);
    int prot = (segment->read ? PROT_READ : 0) | (segment->write ? PROT_WRITE : 0);
    int code =
        lfi_box_map(box, page, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!code)
        code = lfi_copy_out(box, address, bytes + segment->offset, segment->file_size);
    if (!code)
        code = lfi_box_protect(box, page, size, prot);
    return code;
}

/* The address of the program's first function; 0 with a message. */
static uint64_t load(struct lfi_box *box, const char *bytes, size_t size, struct lfi_error *why)
{
    struct lfi_image image;
    struct lfi_violation violation;
    if (lfi_image_read(bytes, size, LFI_MODE_FULL, &image, &violation) != LFI_ACCEPTED) {
        snprintf(why->message, sizeof why->message, "%s: %s", violation.rule, violation.message);
        return 0;
    }
    if (image.end - image.start > STACK - IMAGE) {
        strcpy(why->message, "the program is too large");
        return 0;
    }
    for (int i = 0; i < image.segment_count; i++)
        if (load_segment(box, &image, &image.segments[i], bytes, why)) {
            if (!why->message[0])
                strcpy(why->message, "a segment cannot be mapped");
            return 0;
        }
    return lfi_box_base(box) + IMAGE - image.start + image.entry;
}

/* -------------------------------------------------------------------------------------- a run */

static int run(struct lfi_box *box, uint64_t entry, int arguments)
{
    struct lfi_error why = {{0}};
    struct lfi_context *context;
    struct state state = {0};
    uint64_t base = lfi_box_base(box);
    if (lfi_box_map(box, base + STACK, STACK_SIZE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ||
        lfi_box_map_return(box, base + RETURN, &why) ||
        lfi_context_new(box, serve, &state, &context)) {
        fprintf(stderr, "runtime: no context: %s\n", why.message);
        return 1;
    }
    lfi_gate_set_stack(context, base + STACK + STACK_SIZE);
    struct lfi_call call = {.integer = {(uint64_t)arguments}};
    int status = 1, code = lfi_call(context, entry, &call);
    fflush(stdout);
    if (code)
        fprintf(stderr, "runtime: %s\n", strerror(-code));
    else if (call.exit.kind == LFI_EXIT_STOPPED)
        status = call.exit.status;
    else if (call.exit.kind == LFI_EXIT_FAULT)
        fprintf(stderr, "runtime: signal %d: address box+0x%llx\n", call.exit.signal,
                (unsigned long long)(call.exit.address - base));
    else
        fputs("runtime: the program returned\n", stderr);
    lfi_context_free(context);
    return status;
}

int main(int argc, char **argv)
{
    static char bytes[1 << 20];
    struct lfi_error why = {{0}};
    struct lfi_space *space;
    struct lfi_box *box;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fputs("runtime: say which program\n", stderr);
        return 2;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (lfi_faults_install(0, &why) || lfi_space_new(&space, 1, &why) ||
        lfi_box_new(space, &box, &why)) {
        fprintf(stderr, "runtime: %s\n", why.message);
        return 1;
    }
    uint64_t entry = load(box, bytes, size, &why);
    int status = 1;
    if (entry)
        status = run(box, entry, argc - 2);
    else
        fprintf(stderr, "runtime: %s: %s\n", argv[1], why.message);
    lfi_box_free(box);
    lfi_space_free(space);
    lfi_faults_remove();
    return status;
}
