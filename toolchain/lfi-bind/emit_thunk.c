// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Thunks: the functions that the box calls. */
#include "emit.h"

#include <stdlib.h>

struct thunk {
    struct text values, before, arguments, after, raw;
};

/* A pointer to what is copied: the elements come to memory of the host, and go back from it. */
static void copied_argument(struct binding *b, struct thunk *th, struct function *f, unsigned i)
{
    struct parameter *a = &f->parameters[i];
    const char *n = a->name;
    char *type = spelling(clang_getUnqualifiedType(a->type));
    CXType target = target_of(a->type);
    enum element element = element_of(b, target);
    const char *count = words_has(a->words, WORD_size_is) ? a->words->value[WORD_size_is] : "1";
    bool out = words_has(a->words, WORD_out) || words_has(a->words, WORD_inout);
    bool in = words_has(a->words, WORD_in) || words_has(a->words, WORD_inout);
    struct record *record = element == ELEMENT_RECORD ? record_of(b, target) : NULL;
    struct scope scope = {.function = f, .callback = true};
    text_add(&th->before, "uint64_t lfi_size_%s = lfi_bind_size(&lfi_call, (__int128)(", n);
    size_expression(&th->before, &scope, count, true);
    text_add(&th->before, "), ");
    if (is_void(target))
        text_add(&th->before, "1);\n    ");
    else {
        char *unit = spelling(clang_getUnqualifiedType(target));
        text_add(&th->before, "sizeof(%s));\n    ", unit);
        free(unit);
    }
    if (words_has(a->words, WORD_size_is))
        text_add(&th->before, "lfi_bind_there(&lfi_call, lfi_%u, lfi_size_%s);\n    ", i, n);
    declare(&th->before, clang_getUnqualifiedType(a->type), n);
    text_add(&th->before,
             " = (%s)lfi_bind_track(&lfi_call, lfi_bind_%s(&lfi_call, lfi_%u, lfi_size_%s));\n",
             type, in ? "fetch" : "room", i, n);
    if (in && element == ELEMENT_BOOL)
        text_add(&th->before,
                 "    if (%s)\n        lfi_bind_bools((unsigned char *)(uintptr_t)%s, "
                 "lfi_size_%s);\n",
                 n, n, n);
    if (in && element == ELEMENT_ADDRESS)
        text_add(&th->before,
                 "    if (%s)\n        lfi_bind_pointers(&lfi_call, (void *)(uintptr_t)%s, "
                 "lfi_size_%s / 8);\n",
                 n, n, n);
    if (record) { /* each element becomes the host's in its place */
        text_add(&th->before,
                 "    for (uint64_t lfi_i = 0; %s && lfi_i < lfi_size_%s / sizeof *%s; "
                 "lfi_i++) {\n"
                 "        %s lfi_image, *lfi_element = (%s *)(uintptr_t)&%s[lfi_i];\n"
                 "        memcpy(&lfi_image, lfi_element, sizeof lfi_image);\n"
                 "        memset(lfi_element, 0, sizeof *lfi_element);\n"
                 "        %s_from_%s(&lfi_call, lfi_element, &lfi_image, NULL);\n    }\n",
                 n, n, n, record->spelling, record->spelling, n, b->prefix, record->name);
    }
    if (out && record)
        text_add(&th->after,
                 "    for (uint64_t lfi_i = 0; %s && lfi_i < lfi_size_%s / sizeof *%s; "
                 "lfi_i++) {\n"
                 "        %s lfi_image;\n        struct %s_side_%s lfi_side;\n"
                 "        memset(&lfi_image, 0, sizeof lfi_image);\n"
                 "        %s_to_%s(&lfi_call, &lfi_image, &%s[lfi_i], &lfi_side);\n"
                 "        lfi_bind_write(&lfi_call, lfi_%u + lfi_i * sizeof lfi_image, "
                 "&lfi_image, sizeof lfi_image);\n    }\n",
                 n, n, n, record->spelling, b->prefix, record->name, b->prefix, record->name, n, i);
    else if (out)
        text_add(&th->after,
                 "    if (%s)\n        lfi_bind_write(&lfi_call, lfi_%u, %s, lfi_size_%s);\n", n, i,
                 n, n);
    free(type);
}

static void argument(struct binding *b, struct thunk *th, struct function *f, unsigned i)
{
    struct parameter *a = &f->parameters[i];
    struct text why = {0}, value = {0};
    enum pass pass = pass_of(b, a->type, a->words, f->name, a->name, &why);
    char *type = spelling(clang_getUnqualifiedType(a->type));
    const char *n = a->name;
    text_free(&why);
    text_add(&th->raw, "%s", i ? ", " : "");
    raw_type(&th->raw, a->type, f->by_address[i]);
    text_add(&th->raw, " lfi_%u", i);
    text_add(&value, "lfi_%u", i);
    text_add(&th->arguments, "%s%s", i ? ", " : "", n);
    size_t start = th->before.size;
    text_add(&th->before, "    ");
    if (pass != PASS_COPY && pass != PASS_RECORD)
        declare(&th->before, clang_getUnqualifiedType(a->type), n);
    switch (pass) {
    case PASS_HANDLE:
        text_add(&th->before, " = (%s)lfi_bind_lookup(&lfi_call, lfi_%u, \"%s\");\n", type, i,
                 handle_kind(a->words));
        break;
    case PASS_STRING:
        text_add(&th->before,
                 " = (%s)lfi_bind_track(&lfi_call, lfi_bind_fetch_string(&lfi_call, lfi_%u));\n",
                 type, i);
        break;
    case PASS_STRINGS:
        text_add(&th->before,
                 " = (%s)lfi_bind_track(&lfi_call, lfi_bind_fetch_strings(&lfi_call, lfi_%u));\n",
                 type, i);
        break;
    case PASS_RECORD: {
        struct record *record = record_of(b, a->type);
        text_add(&th->before, "%s %s;\n", record->spelling, n);
        if (f->by_address[i]) {
            text_add(&th->before,
                     "    %s lfi_image_%s;\n    memset(&lfi_image_%s, 0, sizeof lfi_image_%s);\n"
                     "    lfi_bind_read(&lfi_call, &lfi_image_%s, lfi_%u, sizeof lfi_image_%s);\n",
                     record->spelling, n, n, n, n, i, n);
            text_free(&value);
            text_add(&value, "lfi_image_%s", n);
        }
        text_add(&th->before,
                 "    memset(&%s, 0, sizeof %s);\n    %s_from_%s(&lfi_call, &%s, &%s, NULL);\n", n,
                 n, b->prefix, record->name, n, value.bytes);
        break;
    }
    case PASS_COPY:
        copied_argument(b, th, f, i);
        break;
    case PASS_ADDRESS:
        text_add(&th->before, " = (%s)(uintptr_t)lfi_bind_object(&lfi_call, lfi_%u, %ld);\n", type,
                 i, size_of_target(a->type));
        break;
    case PASS_PRIVATE:
        text_add(&th->before, " = (%s)0;\n    (void)lfi_%u;\n", type, i);
        break;
    default:
        text_add(&th->before, " = ");
        from_raw(&th->before, a->type, value.bytes);
        text_add(&th->before, ";\n");
        break;
    }
    if (pass == PASS_VALUE && th->before.size > start) { /* sizes of others are made of these */
        text_bytes(&th->values, th->before.bytes + start, th->before.size - start);
        th->before.size = start;
        th->before.bytes[start] = 0;
    }
    text_free(&value);
    free(type);
}

void emit_thunk(struct binding *b, struct text *t, struct function *f)
{
    struct thunk th = {0};
    for (unsigned i = 0; i < f->count; i++)
        argument(b, &th, f, i);
    struct text why = {0};
    enum pass pass = pass_of(b, f->result, f->result_words, f->name, "return", &why);
    bool nothing = is_void(f->result);
    text_free(&why);
    text_add(t, "static ");
    raw_type(t, f->result, false);
    text_add(t,
             " %s_thunk_%s(%s)\n{\n"
             "    struct lfi_bind_slot *lfi_slot = (struct lfi_bind_slot *)lfi_callback_data();\n"
             "    struct lfi_bind_call lfi_call = LFI_BIND_CALL(lfi_slot->bind);\n"
             "    lfi_bind_enter(&lfi_call, (const char *)__builtin_frame_address(0));\n%s%s",
             b->prefix, f->name, f->count ? th.raw.bytes : "void",
             th.values.bytes ? th.values.bytes : "", th.before.bytes ? th.before.bytes : "");
    if (!nothing)
        declare_zero(t, f->result, "lfi_result", NULL);
    text_add(t, "    if (lfi_call.status == 0)\n        %s((", nothing ? "" : "lfi_result = ");
    char *pointer = spelling(clang_getUnqualifiedType(f->pointer));
    text_add(t, "%s%s)lfi_slot->function)(%s);\n%s", pointer,
             clang_getCanonicalType(f->pointer).kind == CXType_Pointer ? "" : " *",
             th.arguments.bytes ? th.arguments.bytes : "", th.after.bytes ? th.after.bytes : "");
    free(pointer);
    if (pass == PASS_HANDLE)
        text_add(t,
                 "    uint64_t lfi_number = lfi_bind_handle(&lfi_call, (const void *)lfi_result, "
                 "\"%s\");\n",
                 handle_kind(f->result_words));
    if (pass == PASS_RECORD) {
        struct record *record = record_of(b, f->result);
        text_add(t,
                 "    %s lfi_image;\n    struct %s_side_%s lfi_side;\n    memset(&lfi_image, 0, "
                 "sizeof lfi_image);\n"
                 "    %s_to_%s(&lfi_call, &lfi_image, &lfi_result, &lfi_side);\n",
                 record->spelling, b->prefix, record->name, b->prefix, record->name);
    }
    text_add(t, "    lfi_bind_end_callback(&lfi_call);\n");
    if (!nothing) {
        text_add(t, "    return ");
        if (pass == PASS_HANDLE)
            text_add(t, "lfi_number");
        else if (pass == PASS_RECORD)
            text_add(t, "lfi_image");
        else if (pass == PASS_ADDRESS)
            text_add(t, "(uint64_t)(uintptr_t)lfi_result");
        else
            to_raw(t, f->result, "lfi_result");
        text_add(t, ";\n");
    }
    text_add(t, "}\n\n");
    text_free(&th.values);
    text_free(&th.before);
    text_free(&th.arguments);
    text_free(&th.after);
    text_free(&th.raw);
}
