// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The functions that headers declare, and how each of their values crosses the boundary. */
#include "emit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void *grow(struct binding *binding, void *list, size_t count, size_t unit)
{
    void *more = realloc(list, (count + 1) * unit);
    if (!more)
        binding->failed = true;
    return more;
}

/* ------------------------------------------------------------------------------ annotations */

struct attribute {
    struct binding *binding;
    const struct words *found;
};

static enum CXChildVisitResult visit_attribute(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct attribute *attribute = data;
    struct binding *binding = attribute->binding;
    if (clang_getCursorKind(cursor) != CXCursor_AnnotateAttr)
        return CXChildVisit_Continue;
    char why[256], *text = take(clang_getCursorSpelling(cursor));
    bool ours = strncmp(text, "lfi:", 4) == 0;
    struct words *words = calloc(1, sizeof *words);
    if (words && words_parse(words, ours ? text + 4 : text, why, sizeof why)) {
        struct words **list =
            grow(binding, binding->attributes, binding->attribute_count, sizeof *list);
        if (list) {
            binding->attributes = list;
            list[binding->attribute_count++] = words;
            attribute->found = words;
        }
    } else if (words) {
        if (ours) {
            char *name = take(clang_getCursorSpelling(parent));
            fprintf(stderr, "lfi-bind: %s: %s\n", name, why);
            free(name);
            binding->failed = true;
        }
        words_free(words);
        free(words);
    }
    free(text);
    return CXChildVisit_Continue;
}

static const struct words *attribute_words(struct binding *binding, CXCursor cursor)
{
    struct attribute attribute = {binding, NULL};
    clang_visitChildren(cursor, visit_attribute, &attribute);
    return attribute.found;
}

/* ------------------------------------------------------------------------------ functions */

struct names {
    CXCursor *list;
    unsigned count, room;
};

static enum CXChildVisitResult visit_name(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct names *names = data;
    if (clang_getCursorKind(cursor) == CXCursor_ParmDecl) {
        if (names->count == names->room) {
            CXCursor *more = realloc(names->list, (names->room + 16) * sizeof *more);
            if (!more)
                return CXChildVisit_Break;
            names->list = more;
            names->room += 16;
        }
        names->list[names->count++] = cursor;
    }
    return CXChildVisit_Continue;
}

/* An array; not va_list or jmp_buf, which are some only by their definition. */
static bool is_list(CXType type)
{
    if (kind_of(type) != KIND_ARRAY)
        return false;
    char *name = spelling(target_of(type));
    bool hidden = strncmp(name, "struct __", 9) == 0 || strncmp(name, "__", 2) == 0;
    free(name);
    return !hidden;
}

/* Parameters: their types are those of the function type, their names and words those of the
 * declarations inside `cursor`. */
static void fill(struct binding *binding, struct function *function, CXCursor cursor)
{
    struct names names = {0};
    clang_visitChildren(cursor, visit_name, &names);
    int count = clang_getNumArgTypes(function->type);
    function->count = count > 0 ? (unsigned)count : 0;
    function->result = clang_getResultType(function->type);
    function->variadic = clang_isFunctionTypeVariadic(function->type) != 0;
    function->parameters = calloc(function->count + 1, sizeof *function->parameters);
    function->by_address = calloc(function->count + 1, sizeof *function->by_address);
    if (!function->parameters || !function->by_address) {
        binding->failed = true;
        function->count = 0;
    }
    for (unsigned i = 0; i < function->count; i++) {
        struct parameter *parameter = &function->parameters[i];
        parameter->type = clang_getArgType(function->type, i);
        CXCursor declared = names.count == function->count ? names.list[i] : clang_getNullCursor();
        char *name = take(clang_getCursorSpelling(declared));
        if (!*name) {
            struct text text = {0};
            text_add(&text, "arg%u", i + 1);
            free(name);
            name = text.bytes;
        }
        parameter->name = name;
        parameter->words = annotations_find(&binding->annotations, function->name, name, i + 1);
        if (!parameter->words && !clang_Cursor_isNull(declared)) {
            parameter->words = attribute_words(binding, declared);
            CXType type = clang_getCursorType(declared);
            if (kind_of(type) == kind_of(parameter->type))
                parameter->type = type; /* as it is written */
        }
        if (is_list(parameter->type)) /* `char name[29]` is a pointer here */
            parameter->type = clang_getArgType(clang_getCanonicalType(function->type), i);
    }
    free(names.list);
    function->words = annotations_find(&binding->annotations, function->name, "", 0);
    function->result_words = annotations_find(&binding->annotations, function->name, "return", 0);
}

/* Whether it is, or points to, a structure whose fields have memory of their own, of the host. */
static bool has_side(struct binding *binding, CXType type, enum pass pass)
{
    CXType target = pass == PASS_COPY ? target_of(type) : type;
    if (pass != PASS_RECORD && (pass != PASS_COPY || element_of(binding, target) != ELEMENT_RECORD))
        return false;
    struct record *record = record_of(binding, target);
    return record && record->side;
}

/* What to say of a pointer that is a result: memory of the library, so it cannot be copied by a
 * size. */
static const char *result_needs(CXType target)
{
    return is_char(target) ? "say string, box or user_data" : "say box or user_data";
}

static void decide(struct binding *binding, struct function *function, bool callback)
{
    struct text why = {0};
    CXType *types = calloc(function->count + 1, sizeof *types);
    if (function->variadic)
        text_add(&why, "%s: takes any number of arguments; write it by hand (custom)\n",
                 function->name);
    for (unsigned i = 0; i < function->count && types; i++) {
        struct parameter *parameter = &function->parameters[i];
        types[i] = parameter->type;
        enum pass pass = pass_of(binding, parameter->type, parameter->words, function->name,
                                 parameter->name, &why);
        bool sized = pass == PASS_COPY && words_has(parameter->words, WORD_size_is);
        const char *problem =
            sized ? size_problem(function, parameter->words->value[WORD_size_is]) : NULL;
        if (problem)
            text_add(&why, "%s.%s: %s\n", function->name, parameter->name, problem);
        if (callback && (pass == PASS_CALLBACK || pass == PASS_LONGJMP || pass == PASS_JMP_BUF))
            text_add(&why, "%s.%s: a function as an argument of a callback\n", function->name,
                     parameter->name);
        if (callback && has_side(binding, parameter->type, pass))
            text_add(&why, "%s.%s: a structure with lists as an argument of a callback\n",
                     function->name, parameter->name);
    }
    if (!is_void(function->result)) {
        enum pass pass = pass_of(binding, function->result, function->result_words, function->name,
                                 "return", &why);
        bool good = pass == PASS_VALUE || pass == PASS_RECORD || pass == PASS_ADDRESS ||
                    pass == PASS_HANDLE || pass == PASS_UNDECIDED;
        if (!callback)
            good |= pass == PASS_STRING || pass == PASS_JMP_BUF || pass == PASS_CALLBACK;
        if (has_side(binding, function->result, pass))
            text_add(&why, "%s.return: a structure with lists as a result\n", function->name);
        if (!good)
            text_add(&why, "%s.return: %s\n", function->name,
                     result_needs(target_of(function->result)));
    }
    if (!why.size && (!types || !shape_of(&function->shape, binding->arch, function->result, types,
                                          function->count, function->by_address)))
        text_add(&why, "%s: a type that cannot be passed\n", function->name);
    free(types);
    function->why = why.bytes;
}

/* What is said of a structure by a typedef's name is said of the structure. */
static void rename_owner(struct binding *binding, CXCursor alias)
{
    CXType type = clang_getCanonicalType(clang_getTypedefDeclUnderlyingType(alias));
    if (type.kind != CXType_Record || is_unnamed(type))
        return;
    char *name = take(clang_getCursorSpelling(alias));
    char *tag = name_of(clang_getTypeDeclaration(type));
    for (size_t i = 0; i < binding->annotations.count; i++) {
        struct annotation *at = &binding->annotations.list[i];
        if (strcmp(at->owner, name) == 0) {
            free(at->owner);
            at->owner = strdup(tag);
        }
    }
    free(name);
    free(tag);
}

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent,
                                                 CXClientData data)
{
    (void)parent;
    struct binding *binding = data;
    if (clang_getCursorKind(cursor) == CXCursor_LinkageSpec)
        return CXChildVisit_Recurse;
    if (clang_getCursorKind(cursor) == CXCursor_TypedefDecl)
        rename_owner(binding, cursor);
    if (clang_getCursorKind(cursor) != CXCursor_FunctionDecl ||
        clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)) ||
        clang_getCursorLinkage(cursor) != CXLinkage_External)
        return CXChildVisit_Continue;
    char *name = take(clang_getCursorSpelling(cursor));
    for (size_t i = 0; i < binding->count; i++)
        if (strcmp(binding->functions[i].name, name) == 0) {
            free(name);
            return CXChildVisit_Continue;
        }
    struct function *list = grow(binding, binding->functions, binding->count, sizeof *list);
    if (!list) {
        free(name);
        return CXChildVisit_Break;
    }
    binding->functions = list;
    struct function *function = &list[binding->count];
    *function = (struct function){.name = name, .type = clang_getCursorType(cursor)};
    size_t strip = binding->strip ? strlen(binding->strip) : 0;
    bool stripped = strip && strncmp(name, binding->strip, strip) == 0 && name[strip] &&
                    !isdigit((unsigned char)name[strip]);
    function->bound = name + (stripped ? strip : 0);
    char *spelled = spelling(function->type);
    function->no_return = strstr(spelled, "__attribute__((noreturn))") != NULL;
    free(spelled);
    for (size_t i = 0; i < binding->count; i++)
        if (strcmp(list[i].bound, function->bound) == 0)
            function->bound = name; /* another function has the short name */
    if (function->type.kind == CXType_FunctionNoProto)
        function->type = clang_getCanonicalType(function->type);
    fill(binding, function, cursor);
    if (!function->words)
        function->words = attribute_words(binding, cursor);
    if (!words_has(function->words, WORD_skip))
        binding->count++;
    return CXChildVisit_Continue;
}

/* ------------------------------------------------------------------------------ callbacks */

struct function *callback_of(struct binding *binding, CXType type, const char *owner,
                             const char *member)
{
    char *name = spelling(type);
    struct text key = {0};
    CXCursor declared = clang_getTypeDeclaration(type);
    if (clang_getCursorKind(declared) == CXCursor_TypedefDecl) {
        free(name);
        name = take(clang_getCursorSpelling(declared));
        text_add(&key, "%s", name);
    } else {
        declared = clang_getNullCursor();
        /* A pointer to a typedef of a function, or a type without a name. */
        CXType target = clang_getPointeeType(type);
        if (clang_getCursorKind(clang_getTypeDeclaration(target)) == CXCursor_TypedefDecl) {
            declared = clang_getTypeDeclaration(target);
            char *named = take(clang_getCursorSpelling(declared));
            text_add(&key, "%s", named);
            free(named);
        } else {
            text_add(&key, "%s_%s", owner, member);
        }
    }
    free(name);
    for (size_t i = 0; i < binding->callback_count; i++)
        if (strcmp(binding->callbacks[i]->name, key.bytes) == 0) {
            text_free(&key);
            return binding->callbacks[i];
        }
    struct function **list =
        grow(binding, binding->callbacks, binding->callback_count, sizeof *list);
    struct function *callback = list ? calloc(1, sizeof *callback) : NULL;
    if (list)
        binding->callbacks = list;
    if (!callback) {
        binding->failed = true;
        text_free(&key);
        return NULL;
    }
    list[binding->callback_count++] = callback;
    *callback = (struct function){
        .name = key.bytes, .bound = key.bytes, .type = function_of(type), .pointer = type};
    fill(binding, callback, declared);
    decide(binding, callback, true);
    return callback;
}

/* ------------------------------------------------------------------------------ structures */

static bool plain_field(CXCursor field, void *data)
{
    return *(bool *)data = is_plain(clang_getCursorType(field));
}

bool is_plain(CXType type)
{
    bool plain = true;
    switch (kind_of(type)) {
    case KIND_INTEGER:
    case KIND_WIDE:
    case KIND_ENUM:
    case KIND_FLOAT:
    case KIND_DOUBLE:
    case KIND_LONG_DOUBLE:
    case KIND_COMPLEX:
        return true;
    case KIND_ARRAY:
        return is_plain(target_of(type));
    case KIND_RECORD:
    case KIND_UNION:
        if (is_incomplete(type))
            return false;
        each_field(type, plain_field, &plain);
        return plain;
    default:
        return false;
    }
}

bool is_unnamed(CXType type)
{
    char *name = spelling(type);
    bool unnamed =
        strchr(name, '(') != NULL || strstr(name, "unnamed") || strstr(name, "anonymous");
    free(name);
    return unnamed;
}

const struct words *field_words(struct binding *binding, CXType record, CXCursor field)
{
    char *name = name_of(field);
    char *owner = name_of(clang_getTypeDeclaration(record));
    char *tag = name_of(clang_getTypeDeclaration(clang_getCanonicalType(record)));
    const struct words *words = NULL;
    if (*owner)
        words = annotations_find(&binding->annotations, owner, name, 0);
    if (!words && *tag)
        words = annotations_find(&binding->annotations, tag, name, 0);
    if (!words)
        words = attribute_words(binding, field);
    free(name);
    free(owner);
    free(tag);
    return words;
}

CXType innermost(CXType type)
{
    while (kind_of(type) == KIND_ARRAY)
        type = target_of(type);
    return type;
}

/* What is said of a type itself. */
static const struct words *type_words(struct binding *binding, CXType type)
{
    char *name = name_of(clang_getTypeDeclaration(type));
    const struct words *words = *name ? annotations_find(&binding->annotations, name, "", 0) : NULL;
    free(name);
    return words;
}

bool union_decided(struct binding *binding, CXType type, const struct words *words, CXType owner,
                   bool *whole)
{
    *whole = words_has(words, WORD_whole) || words_has(type_words(binding, type), WORD_whole) ||
             words_has(type_words(binding, owner), WORD_whole);
    if (*whole)
        return true;
    unsigned char *mask = calloc(1, (size_t)size_of(type) + 1);
    bool good = mask && mark_values(binding->arch, type, mask, 0);
    for (long i = 0; good && i < size_of(type); i++)
        good = mask[i] == 0 || mask[i] == 0xff;
    free(mask);
    return good;
}

static const char bad_union[] =
    "a union whose members fill different bytes: what the host has in the others would go into the "
    "box, too. Say whole if the host clears them";

struct looking {
    struct binding *binding;
    struct record *record;
    CXType type;
    struct text why;
    bool in_list;
};

static bool look_at_field(CXCursor field, void *data)
{
    struct looking *looking = data;
    CXType type = clang_getCursorType(field);
    char *name = name_of(field);
    const struct words *words = field_words(looking->binding, looking->type, field);
    CXType element = innermost(type);
    bool list = kind_of(type) == KIND_ARRAY, whole;
    switch (words_has(words, WORD_private) ? KIND_VOID : kind_of(element)) {
    case KIND_VOID:
        break;
    case KIND_RECORD:
        if (!is_incomplete(element)) {
            struct looking inner = *looking;
            inner.type = element;
            inner.in_list |= list;
            each_field(element, look_at_field, &inner);
            looking->why = inner.why;
        }
        break;
    case KIND_UNION:
        if (!is_plain(element))
            text_add(&looking->why, "%s.%s: a union that holds pointers or bool\n",
                     looking->record->name, name);
        else if (!union_decided(looking->binding, element, words, looking->record->type, &whole))
            text_add(&looking->why, "%s.%s: %s\n", looking->record->name, name, bad_union);
        break;
    case KIND_OTHER:
        text_add(&looking->why, "%s.%s: a type that cannot be copied\n", looking->record->name,
                 name);
        break;
    default: {
        bool pointer = kind_of(element) == KIND_POINTER || kind_of(element) == KIND_FUNCTION;
        if (pointer && list) {
            text_add(&looking->why, "%s.%s: a list that holds pointers\n", looking->record->name,
                     name);
            break;
        }
        enum pass pass =
            pass_of(looking->binding, element, words, looking->record->name, name, &looking->why);
        if (looking->in_list && (pass == PASS_COPY || pass == PASS_CALLBACK))
            text_add(&looking->why, "%s.%s: a list of structures that hold lists or functions\n",
                     looking->record->name, name);
        if (pass == PASS_COPY) {
            looking->record->side = true;
            if (element_of(looking->binding, target_of(type)) != ELEMENT_PLAIN &&
                !is_void(target_of(type)))
                text_add(&looking->why, "%s.%s: points to what is not plain data\n",
                         looking->record->name, name);
        }
        break;
    }
    }
    free(name);
    return true;
}

struct record *record_of(struct binding *binding, CXType type)
{
    type = clang_getUnqualifiedType(type);
    char *name = spelling(clang_getCanonicalType(type));
    for (size_t i = 0; i < binding->record_count; i++)
        if (strcmp(binding->records[i]->spelling, name) == 0) {
            free(name);
            return binding->records[i];
        }
    struct record **list = grow(binding, binding->records, binding->record_count, sizeof *list);
    struct record *record = list ? calloc(1, sizeof *record) : NULL;
    if (list)
        binding->records = list;
    if (!record) {
        binding->failed = true;
        free(name);
        return NULL;
    }
    list[binding->record_count++] = record;
    record->type = type;
    record->spelling = name;
    record->name = name_of(clang_getTypeDeclaration(type));
    if (kind_of(type) != KIND_RECORD && kind_of(type) != KIND_UNION) { /* with padding */
        free(record->name);
        record->name = strdup(name);
        for (char *at = record->name; at && *at; at++)
            *at = isalnum((unsigned char)*at) ? *at : '_';
        return record;
    }
    if (is_unnamed(type)) {
        free(record->name);
        record->name = strdup("structure");
        record->why = strdup("a structure without a name\n");
        return record;
    }
    bool whole;
    if (kind_of(type) == KIND_UNION) {
        if (!is_plain(type))
            record->why = strdup("a union that holds pointers or bool\n");
        else if (!union_decided(binding, type, NULL, type, &whole))
            record->why = strdup(bad_union);
        return record;
    }
    struct looking looking = {binding, record, type, {0}, false};
    each_field(type, look_at_field, &looking);
    record->why = looking.why.bytes;
    return record;
}

/* ------------------------------------------------------------------------------ passing */

enum element element_of(struct binding *binding, CXType element)
{
    enum kind kind = kind_of(element);
    bool tight = kind != KIND_RECORD && is_plain(element) && is_tight(binding->arch, element);
    if (kind == KIND_VOID || tight)
        return ELEMENT_PLAIN;
    if (kind == KIND_BOOL)
        return ELEMENT_BOOL;
    if (kind == KIND_POINTER && !is_file(target_of(element)))
        return ELEMENT_ADDRESS;
    bool record = (kind == KIND_RECORD || kind == KIND_UNION) && !is_incomplete(element);
    if (record || kind == KIND_LONG_DOUBLE || kind == KIND_COMPLEX) {
        const struct record *copied = record_of(binding, element);
        return copied && !copied->why ? ELEMENT_RECORD : ELEMENT_NONE;
    }
    return ELEMENT_NONE;
}

static enum pass pass_pointer(struct binding *binding, CXType type, const struct words *words,
                              const char **reason)
{
    CXType target = target_of(type);
    bool copies = words_has(words, WORD_in) || words_has(words, WORD_out) ||
                  words_has(words, WORD_inout) || words_has(words, WORD_keep) ||
                  words_has(words, WORD_drop);
    if (words_has(words, WORD_user_data))
        return PASS_HANDLE;
    if (words_has(words, WORD_private))
        return PASS_PRIVATE;
    if (words_has(words, WORD_jmp_buf))
        return PASS_JMP_BUF;
    if (is_file(target)) {
        *reason = "a FILE of the host has no meaning in the box: write the function by hand "
                  "(custom), or say user_data for a handle that the box only passes back";
        return PASS_UNDECIDED;
    }
    bool addresses = copies && kind_of(target) == KIND_POINTER; /* a list of them is copied */
    if (words_has(words, WORD_box) && !addresses)
        return PASS_ADDRESS;
    if (addresses && !words_has(words, WORD_box) && !is_incomplete(target_of(target))) {
        *reason =
            "it points to pointers: say box, too, if these are addresses in the box; otherwise "
            "write the function by hand (custom)";
        return PASS_UNDECIDED;
    }
    if (words_has(words, WORD_string)) {
        if (is_char(target))
            return PASS_STRING;
        *reason = "a string is of char";
        return PASS_UNDECIDED;
    }
    if (words_has(words, WORD_strings))
        return PASS_STRINGS;
    if (words_has(words, WORD_drop) && is_incomplete(target))
        return PASS_ADDRESS; /* the last call with an object */
    if (copies) {
        if (is_incomplete(target)) {
            *reason = "its size is not known: say box";
            return PASS_UNDECIDED;
        }
        if (is_void(target) && !words_has(words, WORD_size_is)) {
            *reason = "void has no size: say size_is(bytes)";
            return PASS_UNDECIDED;
        }
        enum element element = element_of(binding, target);
        if (element != ELEMENT_NONE)
            return PASS_COPY;
        bool named = kind_of(target) == KIND_RECORD || kind_of(target) == KIND_UNION;
        struct record *record = named ? record_of(binding, target) : NULL;
        *reason = record && record->why ? record->why
                  : kind_of(target) == KIND_ARRAY
                      ? "it points to lists: write the function by hand (custom), or say box"
                      : "it points to pointers: write the function by hand (custom), or say box";
        return PASS_UNDECIDED;
    }
    if (words_has(words, WORD_size_is)) {
        *reason = "size_is needs in, out or inout";
        return PASS_UNDECIDED;
    }
    if (is_incomplete(target))
        return PASS_ADDRESS;
    *reason = is_char(target) ? "say string, or in, out or inout with size_is(count), or box"
              : is_void(target)
                  ? "say in, out or inout with size_is(bytes), user_data, or box"
                  : "say in, out or inout (with size_is(count) if more than one), or box";
    return PASS_UNDECIDED;
}

enum pass pass_of(struct binding *binding, CXType type, const struct words *words,
                  const char *owner, const char *member, struct text *why)
{
    const char *reason = NULL;
    struct function *callback;
    switch (kind_of(type)) {
    case KIND_VOID:
    case KIND_BOOL:
    case KIND_INTEGER:
    case KIND_WIDE:
    case KIND_ENUM:
    case KIND_FLOAT:
    case KIND_DOUBLE:
    case KIND_LONG_DOUBLE:
    case KIND_COMPLEX:
        return words_has(words, WORD_private) ? PASS_PRIVATE : PASS_VALUE;
    case KIND_FUNCTION:
        if (words_has(words, WORD_private))
            return PASS_PRIVATE;
        if (words_has(words, WORD_box))
            return PASS_ADDRESS;
        if (words_has(words, WORD_longjmp))
            return PASS_LONGJMP;
        callback = callback_of(binding, type, owner, member);
        if (callback && !callback->why)
            return PASS_CALLBACK;
        if (callback && callback->why)
            text_add(why, "%s", callback->why);
        return PASS_UNDECIDED;
    case KIND_POINTER: {
        enum pass pass = pass_pointer(binding, type, words, &reason);
        if (pass != PASS_UNDECIDED)
            return pass;
        if (strcmp(member, "return") == 0 && (!words || !words->set))
            reason = result_needs(target_of(type));
        break;
    }
    case KIND_RECORD:
    case KIND_UNION: {
        struct record *record = is_incomplete(type) ? NULL : record_of(binding, type);
        if (record && !record->why)
            return PASS_RECORD;
        reason = record ? record->why : "a structure that is not defined";
        break;
    }
    default:
        reason = "a type that cannot be passed: write the function by hand (custom)";
        break;
    }
    size_t size = reason ? strlen(reason) : 0;
    text_add(why, "%s.%s: %s%s", owner, member, reason ? reason : "",
             size && reason[size - 1] == '\n' ? "" : "\n");
    return PASS_UNDECIDED;
}

/* ------------------------------------------------------------------------------ reading */

static bool report(CXTranslationUnit unit)
{
    bool good = true;
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            char *text = take(clang_formatDiagnostic(
                diagnostic, CXDiagnostic_DisplaySourceLocation | CXDiagnostic_DisplayColumn));
            fprintf(stderr, "lfi-bind: %s\n", text);
            free(text);
            good = false;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return good;
}

bool model_read(struct binding *binding, const char *const *arguments, int count)
{
    struct text main = {0};
    for (size_t i = 0; i < binding->header_count; i++)
        text_add(&main, "#include \"%s\"\n", binding->headers[i]);
    binding->index = clang_createIndex(0, 0);
    struct CXUnsavedFile file = {"lfi-bind-headers.c", main.bytes, main.size};
    enum CXErrorCode code =
        clang_parseTranslationUnit2(binding->index, "lfi-bind-headers.c", arguments, count, &file,
                                    1, CXTranslationUnit_SkipFunctionBodies, &binding->unit);
    text_free(&main);
    if (code != CXError_Success) {
        fprintf(stderr, "lfi-bind: the headers cannot be parsed\n");
        return false;
    }
    if (!report(binding->unit))
        return false;
    clang_visitChildren(clang_getTranslationUnitCursor(binding->unit), visit_declaration, binding);
    for (size_t i = 0; i < binding->count; i++)
        decide(binding, &binding->functions[i], false);
    for (size_t i = 0; i < binding->annotations.count; i++) {
        struct annotation *at = &binding->annotations.list[i];
        if (!at->used && strcmp(at->owner, "*") != 0) {
            fprintf(stderr, "lfi-bind: %s:%d: %s%s%s: the headers have none\n", at->file, at->line,
                    at->owner, *at->member ? "." : "", at->member);
            binding->failed = true;
        }
    }
    return !binding->failed;
}

static void free_function(struct function *function)
{
    for (unsigned i = 0; i < function->count; i++)
        free(function->parameters[i].name);
    free(function->parameters);
    free(function->by_address);
    free(function->name);
    free(function->why);
}

void model_free(struct binding *binding)
{
    for (size_t i = 0; i < binding->count; i++)
        free_function(&binding->functions[i]);
    for (size_t i = 0; i < binding->callback_count; i++) {
        free_function(binding->callbacks[i]);
        free(binding->callbacks[i]);
    }
    for (size_t i = 0; i < binding->record_count; i++) {
        free(binding->records[i]->spelling);
        free(binding->records[i]->name);
        free(binding->records[i]->why);
        free(binding->records[i]);
    }
    for (size_t i = 0; i < binding->attribute_count; i++) {
        words_free(binding->attributes[i]);
        free(binding->attributes[i]);
    }
    free(binding->functions);
    free(binding->callbacks);
    free(binding->records);
    free(binding->attributes);
    annotations_free(&binding->annotations);
    if (binding->unit)
        clang_disposeTranslationUnit(binding->unit);
    if (binding->index)
        clang_disposeIndex(binding->index);
}
