// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The words of annotations, and the files that hold them. */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

static const struct {
    const char *name;
    char takes_value; /* 2: it may */
    char group;
} known[] = {
#define WORD(name, value, group) {#name, value, group},
#include "words.def"
};

/* The end of the parenthesis that begins at `at`; NULL if there is none. */
static const char *closing(const char *at)
{
    for (int depth = 0; *at; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at;
    }
    return NULL;
}

static const char *after_spaces(const char *at)
{
    return at + strspn(at, " \t\n");
}

/* The end of a name with its fields and places in lists, or of a number; NULL: something else. */
static const char *after_name(const char *at)
{
    const char *name = at = after_spaces(at + (*at == '*'));
    while (isalnum((unsigned char)*at) || *at == '_' || *at == '.' ||
           (*at == '-' && at[1] == '>') || *at == '[')
        at += *at == '-' ? 2 : *at == '[' ? strcspn(at, "]") : 1, at += *at == ']';
    return at == name ? NULL : after_spaces(at);
}

/* Whether an expression divides or shifts by what cannot be looked at before: not a name or number.
 */
static bool divides_blindly(const char *expression)
{
    for (const char *at = expression; *at; at++) {
        bool shift = (*at == '<' || *at == '>') && at[1] == *at;
        if (*at != '/' && *at != '%' && !shift)
            continue;
        at = after_spaces(at + (shift ? 2 : 1));
        const char *end = after_name(at);
        bool size = strncmp(at, "sizeof", 6) == 0;
        if (!end || (*end == '(' && !size)) /* a function may return 0 */
            return true;
        if (shift && *end && strchr("+-*/%(", *end)) /* all of that is what it shifts by */
            return true;
    }
    return false;
}

/* Whether a place in a list is a number. */
static bool has_fixed_places(const char *expression)
{
    for (const char *at = expression; (at = strchr(at, '['));) {
        at = after_spaces(at + 1);
        const char *digits = at;
        at += strspn(at, "0123456789");
        if (at == digits || *after_spaces(at) != ']')
            return false;
    }
    return true;
}

bool words_parse(struct words *words, const char *text, char *why, size_t size)
{
    *words = (struct words){0};
    for (;;) {
        while (isspace((unsigned char)*text))
            text++;
        if (!*text)
            return true;
        size_t length = 0;
        while (isalnum((unsigned char)text[length]) || text[length] == '_')
            length++;
        size_t word = 0;
        while (word < WORD_COUNT &&
               (strncmp(known[word].name, text, length) != 0 || strlen(known[word].name) != length))
            word++;
        if (word == WORD_COUNT || length == 0) {
            size_t shown = length ? length : strcspn(text, " \t");
            snprintf(why, size, "%.*s: no such word", (int)shown, text);
            return false;
        }
        for (size_t i = 0; i < WORD_COUNT; i++)
            if ((words->set >> i & 1) && known[i].group && known[i].group == known[word].group) {
                snprintf(why, size, "%s contradicts %s", known[word].name, known[i].name);
                return false;
            }
        text += length;
        if (known[word].takes_value == 1 || (known[word].takes_value == 2 && *text == '(')) {
            const char *end = *text == '(' ? closing(text) : NULL;
            if (!end) {
                snprintf(why, size, "%s needs a value in parentheses", known[word].name);
                return false;
            }
            free(words->value[word]);
            words->value[word] = strndup(text + 1, (size_t)(end - text - 1));
            text = end + 1;
        }
        if (word == WORD_size_is && divides_blindly(words->value[word])) {
            snprintf(why, size, "size_is divides and shifts by a name or a number only");
            return false;
        }
        if (word == WORD_size_is && !has_fixed_places(words->value[word])) {
            snprintf(why, size, "size_is has a place in a list that is no number");
            return false;
        }
        words->set |= 1u << word;
    }
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        free(words->value[i]);
    *words = (struct words){0};
}

static bool add_line(struct annotations *annotations, const char *path, int number, char *line)
{
    char *comment = strchr(line, '#');
    if (comment)
        *comment = 0;
    char *name = line + strspn(line, " \t\r");
    size_t length = strcspn(name, " \t\r");
    if (length == 0)
        return true;
    char *rest = name + length;
    if (*rest)
        *rest++ = 0;
    if (annotations->count == annotations->room) {
        size_t room = 2 * annotations->room + 64;
        struct annotation *list = realloc(annotations->list, room * sizeof *list);
        if (!list) {
            fprintf(stderr, "lfi-bind: %s: %s\n", path, strerror(ENOMEM));
            return false;
        }
        annotations->list = list;
        annotations->room = room;
    }
    struct annotation *added = &annotations->list[annotations->count++];
    char *dot = strchr(name, '.');
    *added = (struct annotation){.file = path, .line = number};
    if (dot)
        *dot++ = 0;
    added->owner = strdup(name);
    added->member = strdup(dot ? dot : "");
    char why[256];
    if (words_parse(&added->words, rest, why, sizeof why))
        return true;
    fprintf(stderr, "lfi-bind: %s:%d: %s\n", path, number, why);
    return false;
}

bool annotations_read(struct annotations *annotations, const char *path)
{
    struct file file;
    if (!file_read_input(path, &file)) {
        fprintf(stderr, "lfi-bind: %s: cannot be read: %s\n", path, strerror(errno));
        return false;
    }
    bool good = true;
    int number = 0;
    char *next = file.bytes;
    while (next && *next) {
        char *line = next;
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        good &= add_line(annotations, path, ++number, line);
    }
    free(file.bytes);
    return good;
}

const struct words *annotations_find(struct annotations *annotations, const char *owner,
                                     const char *member, unsigned number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    const struct words *any = NULL;
    for (size_t i = 0; i < annotations->count; i++) {
        struct annotation *at = &annotations->list[i];
        if (strcmp(at->member, member) != 0 && (number == 0 || strcmp(at->member, digits) != 0))
            continue;
        if (strcmp(at->owner, owner) == 0) {
            at->used = true;
            return &at->words;
        }
        if (strcmp(at->owner, "*") == 0) {
            at->used = true;
            any = &at->words;
        }
    }
    return any;
}

void annotations_free(struct annotations *annotations)
{
    for (size_t i = 0; i < annotations->count; i++) {
        free(annotations->list[i].owner);
        free(annotations->list[i].member);
        words_free(&annotations->list[i].words);
    }
    free(annotations->list);
    *annotations = (struct annotations){0};
}
