// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Memory of the box: its malloc, room on the stack, copies. Each address of the box is checked. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_STRING 256 /* what a string is tried with first */

/* Calls one of boxrt's functions with up to two arguments. 0 if it fails. */
static uint64_t call(struct lfi_library *library, unsigned which, uint64_t first, uint64_t second)
{
    uint64_t function = library->process->functions[which];
    if (!function)
        return 0;
    typedef uint64_t type(uint64_t, uint64_t);
    return ((type *)lfi_library_gate(library, function, LFI_SHAPE(2, 0, 0)))(first, second);
}

/* What an allocator of the box returned: an address of the box with room for `size`, or 0. */
static uint64_t checked(const struct lfi_library *library, uint64_t address, size_t size)
{
    return address && lfi_box_contains(library->box, address, size) ? address : 0;
}

uint64_t lfi_library_malloc(struct lfi_library *library, size_t size)
{
    return checked(library, call(library, LFI_REST_MALLOC, size, 0), size);
}

uint64_t lfi_library_calloc(struct lfi_library *library, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return 0;
    return checked(library, call(library, LFI_REST_CALLOC, count, size), bytes);
}

uint64_t lfi_library_realloc(struct lfi_library *library, uint64_t address, size_t size)
{
    return checked(library, call(library, LFI_REST_REALLOC, address, size), size);
}

uint64_t lfi_library_memalign(struct lfi_library *library, size_t alignment, size_t size)
{
    uint64_t address = call(library, LFI_REST_MEMALIGN, alignment, size);
    bool aligned = alignment && (alignment & (alignment - 1)) == 0 &&
                   (address & (alignment - 1)) == 0;
    return aligned ? checked(library, address, size) : 0;
}

void lfi_library_free_memory(struct lfi_library *library, uint64_t address)
{
    if (address)
        call(library, LFI_REST_FREE, address, 0);
}

uint64_t lfi_library_scratch_begin(struct lfi_library *library)
{
    int error;
    struct library_thread *thread = library_thread_get(library, &error);
    return thread ? lfi_gate_stack(thread->context) : 0;
}

uint64_t lfi_library_scratch(struct lfi_library *library, size_t size)
{
    struct library_thread *thread = library_thread_find(library);
    if (!thread || size > LFI_LIBRARY_SCRATCH)
        return 0;
    uint64_t address = (lfi_gate_stack(thread->context) - size) & ~(uint64_t)15;
    if (!lfi_box_contains(library->box, address, size))
        return 0;
    lfi_gate_set_stack(thread->context, address);
    return address;
}

void lfi_library_scratch_end(struct lfi_library *library, uint64_t mark)
{
    struct library_thread *thread = library_thread_find(library);
    if (thread && mark && lfi_gate_stack(thread->context) < mark)
        lfi_gate_set_stack(thread->context, mark);
}

int lfi_library_copy_in(const struct lfi_library *library, void *to, uint64_t address, size_t size)
{
    return lfi_copy_in(library->box, to, address, size);
}

int lfi_library_copy_out(const struct lfi_library *library, uint64_t address, const void *from,
                         size_t size)
{
    return lfi_copy_out(library->box, address, from, size);
}

int lfi_library_string_in(const struct lfi_library *library, char **to, uint64_t address,
                          size_t max)
{
    *to = NULL;
    char *text = NULL;
    size_t room = FIRST_STRING;
    for (;;) {
        if (room > max)
            room = max;
        char *larger = room ? realloc(text, room) : NULL;
        ssize_t length = !room ? -ENAMETOOLONG : -ENOMEM;
        if (larger) {
            text = larger;
            length = lfi_copy_string(library->box, text, address, room);
        }
        if (length >= 0) {
            *to = text;
            return 0;
        }
        if (length != -ENAMETOOLONG || room == max) {
            free(text);
            return (int)length;
        }
        room = room > SIZE_MAX / 4 ? max : room * 4;
    }
}

uint64_t lfi_library_string_out(struct lfi_library *library, const char *string)
{
    size_t size = strlen(string) + 1;
    uint64_t address = lfi_library_malloc(library, size);
    if (address && lfi_copy_out(library->box, address, string, size)) {
        lfi_library_free_memory(library, address);
        address = 0;
    }
    return address;
}
