// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Reads hostile cases; cases.h has the format. */
#include "cases.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/abi.h>

const char *const case_mode_names[CASE_MODES] = {
    [LFI_MODE_FULL] = "full",
    [LFI_MODE_STORES] = "stores",
    [LFI_MODE_JUMPS] = "jumps",
};

static bool put(struct code *code, uint8_t byte)
{
    if (code->size == CASE_MAX_BYTES)
        return false;
    code->bytes[code->size++] = byte;
    return true;
}

/* Fills with nops up to `offset` of a bundle. */
static bool fill(struct code *code, size_t offset)
{
    while (code->size % LFI_BUNDLE_SIZE != offset)
        if (!put(code, 0x90))
            return false;
    return true;
}

static bool read_modes(char *words, bool modes[CASE_MODES])
{
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        int mode = 0;
        while (mode < CASE_MODES && strcmp(word, case_mode_names[mode]))
            mode++;
        if (mode == CASE_MODES)
            return false;
        modes[mode] = true;
    }
    return true;
}

static bool put_word(struct code *code, uint32_t word)
{
    return put(code, (uint8_t)word) && put(code, (uint8_t)(word >> 8)) &&
           put(code, (uint8_t)(word >> 16)) && put(code, (uint8_t)(word >> 24));
}

static bool read_bytes(char *line, struct code *code)
{
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
        unsigned value;
        char *end;
        if (!strcmp(word, "to")) {
            word = strtok(NULL, " ");
            if (!word || sscanf(word, "%u", &value) != 1 || value >= LFI_BUNDLE_SIZE ||
                !fill(code, value))
                return false;
        } else if (sscanf(word, "nop*%u", &value) == 1) {
            while (value--)
                if (!put(code, 0x90))
                    return false;
        } else {
            size_t digits = strlen(word);
            value = (unsigned)strtoul(word, &end, 16);
            if (*end || !(digits == 2   ? put(code, (uint8_t)value)
                          : digits == 8 ? put_word(code, value)
                                        : false))
                return false;
        }
    }
    return true;
}

static struct hostile_case *append(struct case_list *list, const char *rule, const char *name)
{
    struct hostile_case *cases = realloc(list->cases, (list->count + 1) * sizeof *cases);
    if (!cases)
        return NULL;
    list->cases = cases;
    struct hostile_case *c = &cases[list->count++];
    *c = (struct hostile_case){.image_start = CASE_IMAGE_START, .image_end = CASE_IMAGE_END};
    snprintf(c->rule, sizeof c->rule, "%s", rule);
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

/* One line without comment and outer blanks. *code is the sequence that is being read. */
static bool read_line(struct case_list *list, const char *rule, char *line, struct hostile_case **c,
                      struct code **code)
{
    if (!strncmp(line, "case ", 5)) {
        *code = NULL;
        *c = append(list, rule, line + 5);
        return *c;
    }
    if (!*c)
        return false;
    if (!strncmp(line, "modes ", 6))
        return read_modes(line + 6, (*c)->refused);
    if (!strncmp(line, "free ", 5))
        return read_modes(line + 5, (*c)->free);
    if (!strncmp(line, "image ", 6)) {
        unsigned long start, end;
        if (sscanf(line + 6, "%lx %lx", &start, &end) != 2)
            return false;
        (*c)->image_start = start;
        (*c)->image_end = end;
        return true;
    }
    if (!strcmp(line, "hostile"))
        *code = &(*c)->hostile;
    else if (!strcmp(line, "twin"))
        *code = &(*c)->twin;
    else
        return *code && read_bytes(line, *code);
    return (*code)->size == 0;
}

/* Cuts off the comment and the blanks at both ends. */
static char *trim(char *line)
{
    line[strcspn(line, "#\n")] = 0;
    while (isspace((unsigned char)*line))
        line++;
    size_t length = strlen(line);
    while (length && isspace((unsigned char)line[length - 1]))
        line[--length] = 0;
    return line;
}

bool case_list_read(struct case_list *list, enum lfi_arch arch, const char *path, const char *rule)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return false;
    }
    char buffer[512];
    unsigned number = 0;
    size_t first = list->count;
    struct hostile_case *c = NULL;
    struct code *code = NULL;
    bool ok = true;
    while (ok && fgets(buffer, sizeof buffer, file)) {
        number++;
        char *line = trim(buffer);
        if (*line && !read_line(list, rule, line, &c, &code)) {
            fprintf(stderr, "%s:%u: cannot read this line\n", path, number);
            ok = false;
        }
    }
    fclose(file);
    for (size_t i = first; ok && i < list->count; i++) {
        c = &list->cases[i];
        bool filled = arch != LFI_ARCH_X86_64 || (fill(&c->hostile, 0) && fill(&c->twin, 0));
        if (!c->hostile.size || !c->twin.size || !filled ||
            !(c->refused[0] || c->refused[1] || c->refused[2])) {
            fprintf(stderr, "%s: case %s is not complete, or too long\n", path, c->name);
            ok = false;
        }
    }
    return ok;
}
