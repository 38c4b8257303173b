// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Names of registers. */
#include "aarch64.h"

#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool named(const char *name, struct operand *o)
{
    static const struct {
        const char *name;
        uint8_t class, reg;
    } names[] = {
        {"sp", REG_X, SP},    {"wsp", REG_W, SP},  {"xzr", REG_XZR, 31},
        {"wzr", REG_WZR, 31}, {"lr", REG_X, LINK}, {"fp", REG_X, FRAME},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) {
            o->class = names[i].class;
            o->reg = names[i].reg;
            return true;
        }
    return false;
}

bool register_read(struct span text, struct operand *o)
{
    static const char letters[] = "xwvbhsdqzp";
    static const uint8_t classes[] = {REG_X, REG_W, REG_VECTOR, REG_B,   REG_H,
                                      REG_S, REG_D, REG_Q,      REG_SVE, REG_SVE};
    char name[4] = {0};
    uint32_t size = 0, digits = 1;
    while (size < text.size && is_name_char(text.at[size]) && text.at[size] != '.')
        size++;
    if (size < 2 || size > 3)
        return false;
    for (uint32_t i = 0; i < size; i++)
        name[i] = (char)(text.at[i] | (is_digit(text.at[i]) ? 0 : 32));
    o->kind = OPERAND_REG;
    if (size == text.size && named(name, o))
        return true;
    o->kind = OPERAND_OTHER;
    const char *letter = strchr(letters, name[0]);
    while (is_digit(name[digits]))
        digits++;
    unsigned number = (unsigned)(name[1] - '0');
    if (size == 3)
        number = number * 10 + (unsigned)(name[2] - '0');
    if (!letter || digits != size || number > 31)
        return false;
    o->class = classes[letter - letters];
    if (o->class <= REG_W && size != text.size)
        return false;
    if (o->class <= REG_W && number == 31)
        o->class = o->class == REG_X ? REG_XZR : REG_WZR;
    o->reg = (uint8_t)number;
    o->kind = OPERAND_REG;
    return true;
}

bool is_register_name(struct span text)
{
    static const char *const others[] = {"fpcr", "fpsr", "nzcv", "ffr", "vg", "zt0"};
    struct operand o;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text.size == strlen(others[i]) && strncasecmp(text.at, others[i], text.size) == 0)
            return true;
    return register_read(text, &o) && o.class != REG_SVE;
}
