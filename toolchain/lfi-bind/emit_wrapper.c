// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Wrappers: the functions that the host calls. */
#include "emit.h"

#include <stdlib.h>

struct wrapper {
    struct text before, after, always, arguments, types;
};

static void copy_argument(struct binding *b, struct wrapper *w, struct function *f,
                          struct parameter *a)
{
    const char *n = a->name;
    CXType target = target_of(a->type);
    bool kept = words_has(a->words, WORD_keep) || words_has(a->words, WORD_drop);
    bool only_out = words_has(a->words, WORD_out);
    bool in =
        words_has(a->words, WORD_in) || words_has(a->words, WORD_inout) || (kept && !only_out);
    bool out = words_has(a->words, WORD_out) || words_has(a->words, WORD_inout) || kept;
    enum element element = element_of(b, target);
    const char *count = words_has(a->words, WORD_size_is) ? a->words->value[WORD_size_is] : "1";
    struct scope scope = {.function = f};
    text_add(&w->before, "    uint64_t lfi_size_%s = %s ? lfi_bind_size(&lfi_call, (__int128)(", n,
             n);
    size_expression(&w->before, &scope, count, true);
    text_add(&w->before, "), ");
    if (is_void(target))
        text_add(&w->before, "1) : 0;\n");
    else
        text_add(&w->before, "sizeof *%s) : 0;\n", n);
    if (element != ELEMENT_RECORD) {
        if (in)
            text_add(
                &w->before,
                "    uint64_t lfi_at_%s = lfi_bind_in(&lfi_call, (const void *)%s, lfi_size_%s);\n",
                n, n, n);
        else
            text_add(&w->before,
                     "    uint64_t lfi_at_%s = %s ? lfi_bind_take%s(&lfi_call, lfi_size_%s) : 0;\n",
                     n, n, element == ELEMENT_ADDRESS ? "_addresses" : "", n);
        if (in && out && element == ELEMENT_ADDRESS && leaves_by_jump(b))
            text_add(&w->after,
                     "        if (lfi_at_%s)\n            lfi_bind_gone_all(&lfi_call, (const void "
                     "*)%s, lfi_size_%s / 8);\n",
                     n, n, n);
        if (out) {
            text_add(&w->after,
                     "        if (lfi_at_%s)\n            lfi_bind_read(&lfi_call, (void *)%s, "
                     "lfi_at_%s, lfi_size_%s);\n",
                     n, n, n, n);
            if (element == ELEMENT_BOOL)
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_bools((unsigned char *)%s, "
                         "lfi_size_%s);\n",
                         n, n, n);
            if (element == ELEMENT_ADDRESS)
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_pointers(&lfi_call, (void *)%s, "
                         "lfi_size_%s / 8);\n",
                         n, n, n);
            if (element == ELEMENT_ADDRESS && leaves_by_jump(b))
                text_add(&w->always,
                         "    if (lfi_at_%s)\n        lfi_bind_renew_all(&lfi_call, (void *)%s, "
                         "lfi_size_%s / 8);\n",
                         n, n, n);
        }
        return;
    }
    struct record *record = record_of(b, target);
    const char *s = record->spelling, *r = record->name, *p = b->prefix;
    text_add(&w->before, "    uint64_t lfi_count_%s = lfi_size_%s / sizeof *%s;\n", n, n, n);
    text_add(&w->before,
             "    %s *lfi_image_%s = %s ? (%s *)lfi_bind_host(&lfi_call, lfi_size_%s) : NULL;\n", s,
             n, n, s, n);
    text_add(
        &w->before,
        "    struct %s_side_%s *lfi_side_%s = %s ? (struct %s_side_%s *)lfi_bind_host(&lfi_call,\n"
        "        lfi_count_%s * sizeof *lfi_side_%s) : NULL;\n",
        p, r, n, n, p, r, n, n);
    if (kept)
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_keep(&lfi_call, %s, sizeof *%s);\n"
                 "    if (lfi_at_%s)\n        lfi_bind_read(&lfi_call, lfi_image_%s, lfi_at_%s, "
                 "lfi_size_%s);\n",
                 n, n, n, n, n, n, n);
    else
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = %s ? lfi_bind_take(&lfi_call, lfi_size_%s) : 0;\n", n, n,
                 n);
    if (in)
        text_add(
            &w->before,
            "    for (uint64_t lfi_i = 0; lfi_i < lfi_count_%s && lfi_call.status == 0; lfi_i++)\n"
            "        %s_to_%s(&lfi_call, &lfi_image_%s[lfi_i], &%s[lfi_i], &lfi_side_%s[lfi_i]);\n",
            n, p, r, n, n, n);
    text_add(&w->before,
             "    if (lfi_at_%s)\n        lfi_bind_write(&lfi_call, lfi_at_%s, lfi_image_%s, "
             "lfi_size_%s);\n",
             n, n, n, n);
    if (out)
        text_add(&w->after,
                 "        if (lfi_at_%s)\n            lfi_bind_read(&lfi_call, lfi_image_%s, "
                 "lfi_at_%s, lfi_size_%s);\n"
                 "        for (uint64_t lfi_i = 0; lfi_i < lfi_count_%s && lfi_call.status == 0; "
                 "lfi_i++)\n"
                 "            %s_from_%s(&lfi_call, &%s[lfi_i], &lfi_image_%s[lfi_i], "
                 "&lfi_side_%s[lfi_i]);\n",
                 n, n, n, n, n, p, r, n, n, n);
    if (words_has(a->words, WORD_drop))
        text_add(&w->always, "    lfi_bind_drop(&lfi_call, %s, sizeof *%s);\n", n, n);
    text_add(&w->always, "    free(lfi_image_%s);\n    free(lfi_side_%s);\n", n, n);
}

/* What has bytes in its words of the stack that are no value's: long doubles of 80 bits. */
static const char *loose_argument(const struct binding *b, CXType type)
{
    if (b->arch->long_double == 10 && kind_of(type) == KIND_LONG_DOUBLE)
        return "lfi_bind_long_double";
    if (b->arch->long_double == 10 && kind_of(type) == KIND_COMPLEX && size_of(type) == 32)
        return "lfi_bind_complex_long_double";
    return NULL;
}

static void argument(struct binding *b, struct wrapper *w, struct function *f, unsigned i)
{
    struct parameter *a = &f->parameters[i];
    struct text why = {0};
    enum pass pass = pass_of(b, a->type, a->words, f->name, a->name, &why);
    const char *comma = i ? ", " : "", *n = a->name;
    text_free(&why);
    const char *loose = pass == PASS_VALUE ? loose_argument(b, a->type) : NULL;
    text_add(&w->types, "%s%s", comma, loose ? "struct " : "");
    if (loose)
        text_add(&w->types, "%s", loose);
    else
        raw_type(&w->types, a->type, f->by_address[i]);
    text_add(&w->arguments, "%s", comma);
    switch (pass) {
    case PASS_VALUE:
        if (loose)
            text_add(&w->arguments, "%s(%s)", loose, n);
        else
            to_raw(&w->arguments, a->type, n);
        break;
    case PASS_RECORD: {
        struct record *record = record_of(b, a->type);
        text_add(&w->before,
                 "    %s lfi_image_%s;\n    struct %s_side_%s lfi_side_%s;\n"
                 "    memset(&lfi_image_%s, 0, sizeof lfi_image_%s);\n"
                 "    %s_to_%s(&lfi_call, &lfi_image_%s, &%s, &lfi_side_%s);\n",
                 record->spelling, n, b->prefix, record->name, n, n, n, b->prefix, record->name, n,
                 n, n);
        if (f->by_address[i]) {
            text_add(&w->before,
                     "    uint64_t lfi_at_%s = lfi_bind_in(&lfi_call, &lfi_image_%s, sizeof "
                     "lfi_image_%s);\n",
                     n, n, n);
            text_add(&w->arguments, "lfi_at_%s", n);
        } else {
            text_add(&w->arguments, "lfi_image_%s", n);
        }
        break;
    }
    case PASS_STRING:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_string(&lfi_call, (const char *)%s);\n", n, n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_STRINGS:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_strings(&lfi_call, (const char *const *)%s);\n",
                 n, n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_HANDLE:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_handle(&lfi_call, (const void *)%s, \"%s\");\n",
                 n, n, handle_kind(a->words));
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_CALLBACK: {
        struct function *callback = callback_of(b, a->type, f->name, a->name);
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_callback(&lfi_call, (lfi_gate_fn *)%s,\n"
                 "        (lfi_gate_fn *)%s_thunk_%s, ",
                 n, n, b->prefix, callback->name);
        write_shape(&w->before, &callback->shape, true);
        text_add(&w->before, ");\n");
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    }
    case PASS_LONGJMP:
        text_add(&w->before,
                 "    uint64_t lfi_at_%s = lfi_bind_longjmp(&lfi_call, (lfi_gate_fn *)%s);\n", n,
                 n);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_COPY:
        copy_argument(b, w, f, a);
        text_add(&w->arguments, "lfi_at_%s", n);
        break;
    case PASS_PRIVATE:
        text_add(&w->before, "    (void)%s;\n", n);
        text_add(&w->arguments, "0");
        break;
    default:
        text_add(&w->arguments, "(uint64_t)(uintptr_t)%s", n);
        if (words_has(a->words, WORD_drop) && leaves_by_jump(b))
            text_add(&w->always, "    lfi_bind_gone(&lfi_call, (uint64_t)(uintptr_t)%s);\n", n);
        break;
    }
}

/* Which objects a call gets, and from where. */
static void emit_objects(struct binding *b, struct text *t, struct function *f)
{
    struct text list = {0}, why = {0};
    size_t count = 0;
    for (unsigned i = 0; i < f->count; i++) {
        struct parameter *a = &f->parameters[i];
        if (kind_of(a->type) == KIND_POINTER &&
            pass_of(b, a->type, a->words, f->name, a->name, &why) == PASS_ADDRESS)
            text_add(&list, "%s(uint64_t)(uintptr_t)%s", count++ ? ", " : "", a->name);
    }
    if (count)
        text_add(t, "    const uint64_t lfi_objects[] = {%s};\n", list.bytes);
    text_add(t, "    lfi_bind_objects(&lfi_call, %s, %zu, LFI_CALLER_STACK());\n",
             count ? "lfi_objects" : "NULL", count);
    text_free(&list);
    text_free(&why);
}

/* From lfi_raw, what the call gave, to lfi_result. */
static void result(struct binding *b, struct text *t, struct function *f, enum pass pass)
{
    char *type = spelling(clang_getUnqualifiedType(f->result));
    text_add(t, "        if (lfi_call.status == 0)\n            ");
    switch (pass) {
    case PASS_STRING:
        text_add(t, "lfi_result = (%s)lfi_bind_intern(&lfi_call, lfi_raw);\n", type);
        break;
    case PASS_HANDLE:
        text_add(t, "lfi_result = (%s)lfi_bind_lookup(&lfi_call, lfi_raw, \"%s\");\n", type,
                 handle_kind(f->result_words));
        break;
    case PASS_CALLBACK:
        text_add(t,
                 "lfi_result = (%s)lfi_bind_function(&lfi_call, lfi_raw,\n"
                 "                (lfi_gate_fn *)%s_thunk_%s);\n",
                 type, b->prefix, callback_of(b, f->result, f->name, "return")->name);
        break;
    case PASS_JMP_BUF:
        text_add(t,
                 "lfi_result = (%s)lfi_bind_jmp_buf(&lfi_call, (uint64_t)(uintptr_t)%s, "
                 "lfi_raw);\n",
                 type, f->count ? f->parameters[0].name : "0");
        break;
    case PASS_RECORD: {
        struct record *record = record_of(b, f->result);
        text_add(t, "%s_from_%s(&lfi_call, &lfi_result, &lfi_raw, NULL);\n", b->prefix,
                 record->name);
        break;
    }
    case PASS_ADDRESS:
        text_add(t, "lfi_result = (%s)(uintptr_t)lfi_bind_object(&lfi_call, lfi_raw, %ld);\n", type,
                 size_of_target(f->result));
        if (leaves_by_jump(b))
            text_add(t, "        lfi_bind_renew(&lfi_call, lfi_raw);\n");
        break;
    default:
        text_add(t, "lfi_result = ");
        from_raw(t, f->result, "lfi_raw");
        text_add(t, ";\n");
    }
    free(type);
}

void emit_wrapper(struct binding *b, struct text *t, struct function *f, size_t index)
{
    struct wrapper w = {0};
    const char *p = b->prefix;
    bool nothing = is_void(f->result);
    for (unsigned i = 0; i < f->count; i++)
        argument(b, &w, f, i);
    declare_function(b, t, f, p);
    text_add(t, "\n{\n    struct lfi_bind_call lfi_call = LFI_BIND_CALL(&lfi_box->bind);\n");
    if (leaves_by_jump(b))
        emit_objects(b, t, f);
    if (!nothing)
        declare_zero(t, f->result, "lfi_result",
                     words_has(f->words, WORD_fails) ? f->words->value[WORD_fails] : NULL);
    text_add(t, "%s", w.before.bytes ? w.before.bytes : "");
    struct text why = {0}, raw = {0};
    enum pass pass = pass_of(b, f->result, f->result_words, f->name, "return", &why);
    text_free(&why);
    raw_type(&raw, f->result, false);
    text_add(t,
             "    if (lfi_call.status == 0) {\n        %s%s((%s (*)(%s))lfi_bind_gate(&lfi_call, "
             "lfi_box->address[%zu],\n            ",
             nothing ? "" : raw.bytes, nothing ? "" : " lfi_raw = ", raw.bytes,
             f->count ? w.types.bytes : "void", index);
    text_free(&raw);
    write_shape(t, &f->shape, false);
    text_add(t, "))(%s);\n", w.arguments.bytes ? w.arguments.bytes : "");
    text_add(t, "        lfi_bind_returned(&lfi_call);\n%s", w.after.bytes ? w.after.bytes : "");
    if (!nothing)
        result(b, t, f, pass);
    text_add(t, "    }\n%s", w.always.bytes ? w.always.bytes : "");
    text_add(t, "    %s_last = lfi_bind_end(&lfi_call);\n", p);
    if (!nothing &&
        (pass == PASS_RECORD || pass == PASS_ADDRESS || pass == PASS_HANDLE ||
         pass == PASS_STRING) &&
        !words_has(f->words, WORD_fails))
        text_add(t, "    if (%s_last != 0)\n        memset(&lfi_result, 0, sizeof lfi_result);\n",
                 p);
    text_add(t, "%s}\n\n", nothing ? "" : "    return lfi_result;\n");
    text_free(&w.before);
    text_free(&w.after);
    text_free(&w.always);
    text_free(&w.arguments);
    text_free(&w.types);
}
