// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * --symbols: functions of which only the names are known. Their registers cross as they are.
 * docs/lfi-bind.md says what that means.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "model.h"
#include "process.h"

bool is_name(const char *name)
{
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
               strlen(name) &&
           !(*name >= '0' && *name <= '9');
}

/* ------------------------------------------------------------------------------ shapes */

/* What may stand behind a name, and where it goes. */
static const struct {
    const char *name;
    size_t offset;
    long least, most; /* both 0: the word has no number */
} known[] = {
    {"integers", offsetof(struct shape, integers), 0, 0xff}, /* at most the architecture's */
    {"vectors", offsetof(struct shape, vectors), 0, 8},
    {"words", offsetof(struct shape, words), 0, 4095},
    {"x87", offsetof(struct shape, x87), 1, 2},
    {"memory", offsetof(struct shape, memory), 1, 65536},
    {"wide", offsetof(struct shape, wide), 0, 0},
};

static bool set_word(struct shape *shape, const struct arch *arch, const char *word)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t size = strlen(known[i].name);
        void *value = (char *)shape + known[i].offset;
        if (strncmp(word, known[i].name, size) != 0)
            continue;
        if (known[i].most == 0) {
            *(bool *)value = true;
            return word[size] == 0;
        }
        char *end;
        long number = word[size] == '(' ? strtol(word + size + 1, &end, 10) : -1;
        if (number < known[i].least || number > known[i].most || strcmp(end, ")") != 0)
            return false;
        if (known[i].most > 65535)
            *(long *)value = number;
        else
            *(unsigned *)value = (unsigned)number;
        return shape->integers <= arch->integers && (shape->x87 == 0 || arch->x87);
    }
    return false;
}

/* All registers, and nothing of the stack. */
static struct function *add(struct binding *b, const char *name)
{
    struct function *list = realloc(b->functions, (b->count + 1) * sizeof *list);
    char *copy = strdup(name);
    if (list)
        b->functions = list;
    if (!list || !copy) {
        free(copy);
        b->failed = true;
        return NULL;
    }
    size_t strip = b->strip ? strlen(b->strip) : 0;
    bool stripped = strip && strncmp(name, b->strip, strip) == 0 && is_name(name + strip);
    list[b->count] = (struct function){.name = copy,
                                       .bound = copy + (stripped ? strip : 0),
                                       .shape = {.integers = b->arch->integers, .vectors = 8}};
    return &list[b->count++];
}

static int by_name(const void *a, const void *b)
{
    const struct function *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* In the order of names, each once. */
static void sort(struct binding *b)
{
    size_t count = 0;
    if (b->count)
        qsort(b->functions, b->count, sizeof *b->functions, by_name);
    for (size_t i = 0; i < b->count; i++) {
        if (count && strcmp(b->functions[count - 1].name, b->functions[i].name) == 0)
            free(b->functions[i].name);
        else
            b->functions[count++] = b->functions[i];
    }
    b->count = count;
}

/* ------------------------------------------------------------------------------ names */

bool symbols_read(struct binding *b, const char *path)
{
    struct file file;
    bool good = true;
    int number = 0;
    if (!file_read_input(path, &file)) {
        fprintf(stderr, "lfi-bind: %s: cannot be read: %s\n", path, strerror(errno));
        return false;
    }
    for (char *next = file.bytes, *line; next && *next;) {
        line = next;
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        number++;
        line[strcspn(line, "#")] = 0;
        char *state, *word = strtok_r(line, " \t\r", &state);
        if (!word)
            continue;
        if (!is_name(word)) {
            fprintf(stderr, "lfi-bind: %s:%d: '%s' is no name in C\n", path, number, word);
            good = false;
            continue;
        }
        struct function *added = add(b, word);
        while (added && (word = strtok_r(NULL, " \t\r", &state)))
            if (!set_word(&added->shape, b->arch, word)) {
                fprintf(stderr,
                        "lfi-bind: %s:%d: '%s': say integers(0 … %u), vectors(0 … 8), words(0 … "
                        "4095), memory(1 … 65536), %swide\n",
                        path, number, word, b->arch->integers, b->arch->x87 ? "x87(1 or 2), " : "");
                good = false;
            }
    }
    free(file.bytes);
    sort(b);
    return good && !b->failed;
}

/* A line of `llvm-nm --format=posix`: "name type value size"; the functions are T and W. */
static void list_line(struct binding *b, char *line)
{
    char *state, *name = strtok_r(line, " ", &state), *type = strtok_r(NULL, " ", &state);
    if (!type || type[1] || !strchr("TW", *type))
        return;
    if (is_name(name))
        add(b, name);
    else
        fprintf(stderr, "lfi-bind: '%s' is no name in C: left out\n", name);
}

bool symbols_list(struct binding *b, const char *nm, const struct arguments *files)
{
    struct arguments command = {0};
    const char *const first[] = {nm, "--defined-only", "--extern-only", "--format=posix"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        arguments_add(&command, first[i]);
    arguments_add_all(&command, files);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fprintf(stderr, "lfi-bind: %s: %s\n", nm, strerror(errno));
        arguments_free(&command);
        return false;
    }
    pid_t pid = process_start_arguments(&command, -1, ends[1], -1);
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    char *line = NULL;
    size_t room = 0;
    while (output && getline(&line, &room, output) > 0) {
        line[strcspn(line, "\n")] = 0;
        list_line(b, line);
    }
    free(line);
    if (output)
        fclose(output);
    else
        close(ends[0]);
    arguments_free(&command);
    if (pid < 0 || process_finish(pid) != 0) {
        fprintf(stderr, "lfi-bind: the names of the library could not be read by %s\n", nm);
        return false;
    }
    sort(b);
    return !b->failed;
}

/* ------------------------------------------------------------------------------ the files */

void emit_symbols_header(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(
        t,
        "/* The library in its box, by names (docs/lfi-bind.md of LFI, \"Without headers\").\n"
        " * Made by lfi-bind: do not edit. */\n"
        "#ifndef LFI_BOUND_%s_H\n#define LFI_BOUND_%s_H\n\n#include <lfi/library.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "/* One instance: a box with the library. Any number of threads may call. */\n"
        "struct %s;\n\n"
        "/* Verifies and starts it: 0, or a negative errno value with *%s NULL and the reason\n"
        " * in *error. All zero or NULL options: nothing of the host. */\n"
        "int %s_open(struct %s **%s, const struct lfi_library_options *options,\n"
        "    struct lfi_error *error);\n\n"
        "/* -EBUSY while a call is under way. NULL is allowed. */\n"
        "int %s_free(struct %s *%s);\n\n"
        "/* Its memory, its callbacks, and how a call ended (lfi_library_failed()). */\n"
        "struct lfi_library *%s_library(struct %s *%s);\n\n",
        p, p, p, p, p, p, p, p, p, p, p, p, p);
    if (b->drop_in)
        text_add(t,
                 "/* The instance behind the library's own names, and the options it is opened "
                 "with (NULL),\n"
                 " * which the host may define. A call that fails ends the process, unless they "
                 "have `failed`. */\n"
                 "struct %s *%s_process(void);\n"
                 "const struct lfi_library_options *%s_options(void);\n\n",
                 p, p, p);
    text_add(t,
             "/*\n"
             " * The functions: cast the result to a pointer to the function's type, and call it "
             "once, at once,\n"
             " * in the same thread. Nothing is translated or checked: pointers are addresses in "
             "the box both\n"
             " * ways, and results are any bits. Registers and stack words of these shapes cross "
             "as they are.\n"
             " */\n");
    for (size_t i = 0; i < b->count; i++) {
        text_add(t, "lfi_gate_fn *%s_%s(struct %s *%s); /* ", p, b->functions[i].bound, p, p);
        write_shape(t, &b->functions[i].shape, false);
        text_add(t, " */\n");
    }
    text_add(t, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* Lines of assembly as strings of C; NAME, PREFIX and INDEX in them are those. */
static void assembly(struct text *t, const char *code, const char *name, const char *prefix,
                     size_t index)
{
    while (*code) {
        text_add(t, "    \"");
        for (; *code != '\n'; code++) {
            if (strncmp(code, "NAME", 4) == 0) {
                text_add(t, "%s", name);
                code += 3;
            } else if (strncmp(code, "PREFIX", 6) == 0) {
                text_add(t, "%s", prefix);
                code += 5;
            } else if (strncmp(code, "INDEX", 5) == 0) {
                text_add(t, "%zu", index);
                code += 4;
            } else if (*code == '\t') {
                text_add(t, "\\t");
            } else {
                text_bytes(t, code, 1);
            }
        }
        text_add(t, "\\n\"\n");
        code++;
    }
}

static void emit_trampolines(struct binding *b, struct text *t)
{
    const char *p = b->prefix;
    text_add(t,
             "/* A call of a name: the gate is asked for between two instructions of the caller, "
             "so to speak:\n"
             " * all registers for arguments are kept meanwhile, and the stack stays as it is. */\n"
             "#ifdef __cplusplus\nextern \"C\"\n#endif\n"
             "__attribute__((used, visibility(\"hidden\"))) lfi_gate_fn *%s_pass(unsigned index);\n"
             "lfi_gate_fn *%s_pass(unsigned index)\n{\n"
             "    const struct %s *box = %s_process();\n"
             "    return lfi_library_gate(box->bind.library, box->address[index], "
             "%s_shapes[index]);\n}\n\n__asm__(\n",
             p, p, p, p, p);
    assembly(t, ".pushsection .text\n", "", "", 0);
    assembly(t, b->arch->pass, "", p, 0);
    for (size_t i = 0; i < b->count; i++)
        assembly(t, b->arch->enter, b->functions[i].name, p, i);
    assembly(t, ".popsection\n", "", "", 0);
    text_add(t, ");\n");
}

void emit_symbols_source(struct binding *b, struct text *t, const char *image, size_t size,
                         const char *load_path)
{
    const char *p = b->prefix;
    emit_names(b, t);
    text_add(t, "static const lfi_shape %s_shapes[] = {\n", p);
    for (size_t i = 0; i < b->count; i++) {
        text_add(t, "    ");
        write_shape(t, &b->functions[i].shape, false);
        text_add(t, ",\n");
    }
    text_add(t, "};\n\n");
    for (size_t i = 0; i < b->count; i++)
        text_add(t,
                 "lfi_gate_fn *%s_%s(struct %s *box)\n{\n    return "
                 "lfi_library_gate(box->bind.library, box->address[%zu], %s_shapes[%zu]);\n}\n\n",
                 p, b->functions[i].bound, p, i, p, i);
    emit_instance(b, t, image, size, load_path);
    if (b->drop_in) {
        emit_process(b, t);
        emit_trampolines(b, t);
    }
}
