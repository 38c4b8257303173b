// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The driver: lfi_rewrite() runs the passes. */
#include "context.h"

#include <stdlib.h>

#include "modes.h"
#include "parser.h"
#include "passes.h"

static const struct arch *const archs[] = {
#define ARCH(name) &lfi_rewrite_##name,
#include "arch.def"
#undef ARCH
};

static const char no_such_arch[] = "this architecture is not known; there are:"
#define ARCH(name) " " #name
#include "arch.def"
#undef ARCH
    ;

#define ARCH_COUNT (sizeof archs / sizeof *archs)

static const struct arch *find_arch(const char *name)
{
    for (size_t i = 0; name && i < ARCH_COUNT; i++)
        if (strcmp(archs[i]->name, name) == 0)
            return archs[i];
    return NULL;
}

bool lfi_rewrite_knows_arch(const char *arch)
{
    return find_arch(arch) != NULL;
}

const char *lfi_rewrite_arch(size_t index)
{
    return index < ARCH_COUNT ? archs[index]->name : NULL;
}

const char *const *lfi_rewrite_assembler(const char *arch)
{
    static const char *const none[] = {NULL};
    const struct arch *found = find_arch(arch);
    return found && found->assembler ? found->assembler : none;
}

int lfi_rewrite_mode(const char *name)
{
    return mode_from_name(name);
}

static void refuse(const struct lfi_rewrite_options *o, const char *text)
{
    struct lfi_rewrite_message message = {.file = o->name ? o->name : "<stdin>", .text = text};
    if (o->report)
        o->report(o->report_data, &message);
}

static bool run_passes(struct rewriter *r)
{
    r->arch->start(r);
    r->apart = true;
    r->hold = true;
    bool good = parse_file(r);
    r->hold = false;
    if (!r->expand || r->options->expanded)
        report_held(r);
    if (!good)
        return false;
    decode_bytes(r);
    if (r->errors)
        return false;
    move_data(r);
    find_taken_labels(r);
    if (r->arch->prepare)
        r->arch->prepare(r);
    emit_statements(r);
    return r->errors == 0;
}

/* The same, where memory may run out on the way. */
static bool run(struct rewriter *r)
{
    jmp_buf out_of_memory;
    r->arena.out_of_memory = &out_of_memory;
    if (setjmp(out_of_memory) == 0)
        return run_passes(r);
    r->expand = false; /* that would need no less memory */
    refuse(r->options, "out of memory");
    return false;
}

enum lfi_rewrite_status lfi_rewrite(const char *text, size_t size,
                                    const struct lfi_rewrite_options *options)
{
    struct rewriter r = {
        .options = options, .arch = find_arch(options->arch), .text = {text, (uint32_t)size}};
    const char *bad = !r.arch ? no_such_arch
                      : options->mode > LFI_MODE_JUMPS
                          ? "this mode is not known; full, stores and jumps are"
                      : size >= UINT32_MAX / 2 ? "the file is larger than 2 GiB"
                      : !writer_start(&r.out, options->sink, options->sink_data) ? "out of memory"
                                                                                 : NULL;
    if (bad) {
        refuse(options, bad);
        return LFI_REWRITE_FAILED;
    }
    bool good = run(&r);
    writer_finish(&r.out);
    good = good && !r.out.failed;
    free(r.statements);
    for (unsigned i = 0; i < OWNED_COUNT; i++)
        free(r.owned[i]);
    symbols_free(&r);
    arena_free(&r.arena);
    return good                             ? LFI_REWRITE_OK
           : r.expand && !options->expanded ? LFI_REWRITE_EXPAND
                                            : LFI_REWRITE_FAILED;
}
