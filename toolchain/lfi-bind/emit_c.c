// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The C files of a binding: PREFIX.h and PREFIX.c. */
#include "emit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Macros of -D, so that the host sees the headers as they were bound. */
static void definitions(const struct binding *b, struct text *t)
{
    for (size_t i = 0; i < b->definition_count; i++) {
        const char *macro = b->definitions[i], *value = strchr(macro, '=');
        int size = (int)(value ? value - macro : (ptrdiff_t)strlen(macro));
        text_add(t, "#ifndef %.*s\n#define %.*s %s\n#endif\n", (int)strcspn(macro, "(="), macro,
                 size, macro, value ? value + 1 : "1");
    }
}

static void headers(struct binding *b, struct text *t)
{
    definitions(b, t);
    text_add(t, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (size_t i = 0; i < b->header_count; i++)
        text_add(t, "#include \"%s\"\n", b->headers[i]);
    text_add(t, "#ifdef __cplusplus\n}\n#endif\n");
}

static void made_by(struct text *t, const char *what)
{
    text_add(t, "/* %s Made by lfi-bind: do not edit. */\n", what);
}

/* Lines of `why` as a comment. */
static void comment(struct text *t, const char *why)
{
    text_add(t, " * ");
    for (; *why; why++) {
        if (*why == '\n' && why[1])
            text_add(t, "\n * ");
        else if (*why != '\n' && !(why[0] == '*' && why[1] == '/'))
            text_bytes(t, why, 1);
    }
    text_add(t, "\n */\n");
}

/* Attribute of what must not be used: the first line of `why`. */
static void undecided(struct text *t, const char *why)
{
    text_add(t, "LFI_BIND_UNDECIDED(\"lfi-bind: ");
    for (; *why && *why != '\n'; why++)
        if (*why != '"' && *why != '\\')
            text_bytes(t, why, 1);
    text_add(t, "\")");
}

void emit_header(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(t,
             "/* The library in its box, with typed calls (docs/lfi-bind.md of LFI).\n"
             " * Made by lfi-bind: do not edit. */\n"
             "#ifndef LFI_BOUND_%s_H\n#define LFI_BOUND_%s_H\n\n",
             p, p);
    headers(b, t);
    text_add(
        t,
        "#include <lfi/library.h>\n\n"
        "#ifndef LFI_BIND_UNDECIDED\n"
        "#if defined(__clang__) || !defined(__GNUC__) || __GNUC__ >= 12\n"
        "#define LFI_BIND_UNDECIDED(why) __attribute__((unavailable(why)))\n"
        "#else\n"
        "#define LFI_BIND_UNDECIDED(why) __attribute__((error(why)))\n"
        "#endif\n"
        "#endif\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "/* One instance: a box with the library. Any number of threads may call. */\n"
        "struct %s;\n\n"
        "/* Verifies and starts it: 0, or a negative errno value with *%s NULL and the reason\n"
        " * in *error. All zero or NULL options: nothing of the host. */\n"
        "int %s_open(struct %s **%s, const struct lfi_library_options *options,\n"
        "    struct lfi_error *error);\n\n"
        "/* -EBUSY while a call is under way. NULL is allowed. */\n"
        "int %s_free(struct %s *%s);\n\n"
        "struct lfi_library *%s_library(struct %s *%s);\n\n"
        "/* How the calling thread's last call of a wrapper ended: 0, or a negative errno value,\n"
        " * and then its result means nothing. -ECANCELED: lfi_library_failed() says why.\n"
        " * -EFAULT: a pointer that the box gave is none, -EOVERFLOW: a size is too large,\n"
        " * -ENOSYS: the library lacks the function. */\n"
        "int %s_status(void);\n\n"
        "/* The host is done with a pointer that it passed as user_data. */\n"
        "void %s_forget(struct %s *%s, const void *user_data);\n\n",
        p, p, p, p, p, p, p, p, p, p, p, p, p, p, p);
    if (b->drop_in)
        text_add(t,
                 "/* The instance behind the library's own names, and the options it is opened "
                 "with (NULL),\n"
                 " * which the host may define. */\n"
                 "struct %s *%s_process(void);\n"
                 "const struct lfi_library_options *%s_options(void);\n\n",
                 p, p, p);
    for (size_t i = 0; i < b->count; i++) {
        struct function *f = &b->functions[i];
        if (words_has(f->words, WORD_custom))
            continue;
        if (f->why) {
            text_add(t, "/* Not decided; say it in the annotation file (--annotations):\n");
            comment(t, f->why);
        }
        declare_function(b, t, f, p);
        if (f->why) {
            text_add(t, "\n    ");
            undecided(t, f->why);
        }
        text_add(t, ";\n");
        if (f->why)
            text_add(t, "\n");
    }
    text_add(t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* The bytes as a string literal: compilers read that many times faster than a list of numbers. */
static void emit_image(struct text *t, const char *image, size_t size)
{
    text_add(t, "static const char lfi_image[] __attribute__((aligned(16))) =");
    bool digits = false; /* an octal escape that a digit must not follow */
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)image[i];
        if (i % 64 == 0) {
            text_bytes(t, i ? "\"\n    \"" : "\n    \"", i ? 7 : 6);
            digits = false;
        }
        if (c == '"' || c == '\\' || c == '?' || c < ' ' || c > '~' || (digits && isdigit(c))) {
            text_add(t, "\\%o", c);
            digits = c < 0100; /* fewer than three digits */
        } else {
            char plain = (char)c;
            text_bytes(t, &plain, 1);
            digits = false;
        }
    }
    text_add(t, "%s\";\n", size ? "" : "\n    \"");
}

static void emit_drop_in(struct binding *b, struct text *t, struct function *f)
{
    const char *p = b->prefix;
    declare_function(b, t, f, NULL);
    text_add(t, "\n{\n    ");
    if (leaves_by_jump(b))
        text_add(t, "lfi_bind_caller = LFI_CALLER_STACK();\n    ");
    bool nothing = is_void(f->result);
    if (!nothing) {
        declare(t, clang_getUnqualifiedType(f->result), "lfi_result");
        text_add(t, " = ");
    }
    text_add(t, "(%s_%s)(%s_process()", p, f->bound, p);
    for (unsigned i = 0; i < f->count; i++)
        text_add(t, ", %s", f->parameters[i].name);
    text_add(t, ");\n");
    if (!words_has(f->words, WORD_fails))
        text_add(t, "    %s_check(\"%s\");\n", p, f->name);
    if (f->no_return)
        text_add(t, "    __builtin_trap(); /* the library says that it does not return */\n");
    text_add(t, "%s}\n\n", nothing ? "" : "    return lfi_result;\n");
}

/* What PREFIX.c begins with: the instance's type, and the names of its functions. */
void emit_names(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    made_by(t, "The library in its box.");
    text_add(t, "#if !defined(%s)\n#error \"this binding is for %s\"\n#endif\n", b->arch->macro,
             b->arch->title);
    text_add(t,
             "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE 1\n#endif\n#include \"%s.h\"\n\n#include "
             "<stddef.h>\n\n#include <lfi/bind.h>\n\n",
             p);
    text_add(t, "struct %s {\n    struct lfi_bind bind;\n    uint64_t address[%zu];\n};\n\n", p,
             b->count ? b->count : 1);
    if (!b->symbols)
        text_add(t, "static __thread int %s_last;\n\n", p);
    text_add(t, "static const char *const %s_names[] = {\n", p);
    for (size_t i = 0; i < b->count; i++)
        text_add(t, "    \"%s\",\n", b->functions[i].name);
    text_add(t, "%s};\n\n", b->count ? "" : "    NULL,\n");
}

void emit_instance(struct binding *b, struct text *t, const char *image, size_t size,
                   const char *load_path)
{
    const char *p = b->prefix;
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)image[i]) * 0x100000001b3;
    if (!load_path)
        emit_image(t, image, size);
    text_add(t,
             "\nint %s_open(struct %s **box, const struct lfi_library_options *options, struct "
             "lfi_error *error)\n{\n"
             "    struct lfi_library *library;\n    *box = NULL;\n    int status = ",
             p, p);
    if (load_path)
        text_add(t, "lfi_bind_open_path(&library, \"%s\", %zu, 0x%llx, options, error);\n",
                 load_path, size, (unsigned long long)hash);
    else
        text_add(t, "lfi_library_open_bytes(&library, \"%s\", lfi_image, %zu, options, error);\n",
                 p, size);
    text_add(
        t,
        "    if (status != 0)\n        return status;\n"
        "    *box = (struct %s *)calloc(1, sizeof **box);\n"
        "    if (!*box) {\n        lfi_library_free(library);\n        return -ENOMEM;\n    }\n"
        "    lfi_bind_init(&(*box)->bind, library);\n"
        "    for (size_t i = 0; i < %zu; i++)\n"
        "        (*box)->address[i] = lfi_library_symbol(library, %s_names[i]);\n",
        p, b->count, p);
    if (b->symbols)
        text_add(t,
                 "    for (size_t i = 0; i < %zu; i++)\n"
                 "        if ((*box)->address[i] == 0) {\n            %s_free(*box);\n"
                 "            *box = NULL;\n"
                 "            return lfi_bind_error(error, -ENOSYS, %s_names[i], \"the library "
                 "has no such function\");\n        }\n",
                 b->count, p, p);
    text_add(
        t,
        "    return 0;\n}\n\n"
        "int %s_free(struct %s *box)\n{\n    if (!box)\n        return 0;\n"
        "    int status = lfi_library_free(box->bind.library);\n    if (status != 0)\n        "
        "return status;\n"
        "    lfi_bind_finish(&box->bind);\n    free(box);\n    return 0;\n}\n\n"
        "struct lfi_library *%s_library(struct %s *box)\n{\n    return box->bind.library;\n}\n",
        p, p, p, p);
}

void emit_process(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(t,
             "\n/* ------ The library's own names, of one instance of the process. */\n\n"
             "/* A host that wants other options defines this. */\n"
             "__attribute__((weak)) const struct lfi_library_options *%s_options(void)\n{\n    "
             "return NULL;\n}\n\n"
             "static struct %s *%s_instance;\n\n",
             p, p, p);
    if (b->symbols)
        text_add(t,
                 "/* No result says that a call failed: without a function of the host's options "
                 "it ends the process. */\n"
                 "static void %s_failed(struct lfi_library *library, const struct "
                 "lfi_library_failure *failure,\n    void *data)\n{\n"
                 "    (void)library, (void)data;\n"
                 "    fprintf(stderr, \"%s: %%s\\n\", failure->report);\n    abort();\n}\n\n",
                 p, p);
    text_add(t, "static void %s_start(void)\n{\n    struct lfi_error error;\n", p);
    if (b->symbols)
        text_add(t,
                 "    struct lfi_library_options options;\n"
                 "    memset(&options, 0, sizeof options);\n"
                 "    if (%s_options())\n        options = *%s_options();\n"
                 "    if (!options.failed)\n        options.failed = %s_failed;\n",
                 p, p, p);
    text_add(t,
             "    if (%s_open(&%s_instance, %s%s%s, &error) != 0) {\n"
             "        fprintf(stderr, \"%s: %%s\\n\", error.message);\n        abort();\n    "
             "}\n}\n\n"
             "struct %s *%s_process(void)\n{\n    static pthread_once_t once = PTHREAD_ONCE_INIT;\n"
             "    pthread_once(&once, %s_start);\n    return %s_instance;\n}\n\n",
             p, p, b->symbols ? "&" : p, b->symbols ? "" : "_",
             b->symbols ? "options" : "options()", p, p, p, p, p);
    if (!b->symbols)
        text_add(
            t,
            "/* A call failed whose result cannot say so (fails()). */\n"
            "static LFI_BIND_UNUSED void %s_check(const char *function)\n{\n    if (%s_last == "
            "0)\n        return;\n"
            "    const struct lfi_library_failure *failure = "
            "lfi_library_failed(%s_instance->bind.library);\n"
            "    fprintf(stderr, \"%s: %%s: %%s\\n\", function, failure ? failure->report : "
            "strerror(-%s_last));\n    abort();\n}\n\n",
            p, p, p, p, p);
}

void emit_source(struct binding *b, struct text *t, const char *image, size_t size,
                 const char *load_path)
{
    const char *p = b->prefix;
    struct text records = {0}, thunks = {0}, wrappers = {0};
    for (size_t i = 0; i < b->count; i++)
        if (!b->functions[i].why && !words_has(b->functions[i].words, WORD_custom))
            emit_wrapper(b, &wrappers, &b->functions[i], i);
    for (size_t i = 0; i < b->callback_count; i++)
        if (!b->callbacks[i]->why)
            emit_thunk(b, &thunks, b->callbacks[i]);

    emit_names(b, t);
    for (size_t i = 0; i < b->callback_count; i++) {
        struct function *f = b->callbacks[i];
        if (f->why)
            continue;
        text_add(t, "static LFI_BIND_UNUSED ");
        raw_type(t, f->result, false);
        text_add(t, " %s_thunk_%s(", p, f->name);
        for (unsigned k = 0; k < f->count; k++) {
            text_add(t, "%s", k ? ", " : "");
            raw_type(t, f->parameters[k].type, f->by_address[k]);
        }
        text_add(t, "%s);\n", f->count ? "" : "void");
    }
    text_add(t, "\n");
    for (size_t i = 0; i < b->record_count; i++)
        if (!b->records[i]->why)
            emit_record(b, t, b->records[i]);
    if (thunks.bytes)
        text_bytes(t, thunks.bytes, thunks.size);
    if (wrappers.bytes)
        text_bytes(t, wrappers.bytes, wrappers.size);

    emit_instance(b, t, image, size, load_path);
    text_add(
        t,
        "\nint %s_status(void)\n{\n    return %s_last;\n}\n\n"
        "void %s_forget(struct %s *box, const void *user_data)\n{\n    lfi_bind_forget(&box->bind, "
        "user_data);\n}\n",
        p, p, p, p);
    if (b->drop_in) {
        emit_process(b, t);
        for (size_t i = 0; i < b->count; i++)
            if (!b->functions[i].why && !words_has(b->functions[i].words, WORD_custom))
                emit_drop_in(b, t, &b->functions[i]);
    }
    text_free(&records);
    text_free(&thunks);
    text_free(&wrappers);
}
