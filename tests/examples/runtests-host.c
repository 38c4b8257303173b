// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The binding of expat, and what its runtests.c needs beside it: its allocators (malloc() and so
 * on, renamed by -D) are expat's, which can use only memory of the box.
 */
#include "runtests-host.h"
#include "xmlbox.c" /* for what only it has */

static struct lfi_library *library(void)
{
    return xmlbox_library(xmlbox_process());
}

void *in_box_malloc(size_t size)
{
    return (void *)(uintptr_t)lfi_library_malloc(library(), size);
}

void *in_box_realloc(void *pointer, size_t size)
{
    return (void *)(uintptr_t)lfi_library_realloc(library(), (uint64_t)(uintptr_t)pointer, size);
}

void in_box_free(void *pointer)
{
    lfi_library_free_memory(library(), (uint64_t)(uintptr_t)pointer);
}

void *user_data_of(XML_Parser parser)
{
    struct lfi_bind_call call = LFI_BIND_CALL(&xmlbox_process()->bind);
    uint64_t number = 0;
    lfi_bind_read(&call, &number, (uint64_t)(uintptr_t)parser, sizeof number);
    void *data = lfi_bind_lookup(&call, number, "");
    return lfi_bind_end(&call) ? NULL : data;
}

/* The parser takes the place of user_data: the box gets a number for it, as for any other. */
void XML_UseParserAsHandlerArg(XML_Parser parser)
{
    XML_SetUserData(parser, parser);
}

/* Moves *end, a pointer into the text: no word of the annotations says that. */
void _INTERNAL_trim_to_complete_utf8_characters(const char *from, const char **end)
{
    struct lfi_bind_call call = LFI_BIND_CALL(&xmlbox_process()->bind);
    uint64_t function = lfi_library_symbol(library(), __func__), size = (uint64_t)(*end - from);
    uint64_t text = lfi_bind_in(&call, from, size), moved = text + size;
    uint64_t at = lfi_bind_in(&call, &moved, sizeof moved);
    LFI_LIBRARY_CALL(library(), function, void (*)(uint64_t, uint64_t), LFI_SHAPE(2, 0, 0))
    (text, at);
    lfi_bind_read(&call, &moved, at, sizeof moved);
    if (lfi_bind_end(&call) || moved < text || moved - text > size)
        abort();
    *end = from + (moved - text);
}
