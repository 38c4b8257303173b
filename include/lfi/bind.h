// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the files that lfi-bind writes are made of (docs/lfi-bind.md). Included by them only: its
 * functions are static, and lfi_bind_ names may change with lfi-bind.
 *
 * Nothing that the host acts on lies in the box. What the box gets of a host pointer (user data, a
 * callback, a jmp_buf) is a handle that is looked up here; what the box says is read once, and
 * checked, before it is used.
 */
#ifndef LFI_BIND_H
#define LFI_BIND_H

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lfi/library.h>

#define LFI_BIND_UNUSED __attribute__((unused))

#define LFI_BIND_STRING_MAX   1048576        /* bytes of a string from the box, with its end */
#define LFI_BIND_INTERNED_MAX 4096           /* different strings that functions have returned */
#define LFI_BIND_LIST_MAX     4096           /* elements of a list that ends with NULL */
#define LFI_BIND_TEXT_MAX     (16 * 1048576) /* bytes of such a list, or of all returned strings */
#define LFI_BIND_JUMPS_MAX    4096           /* buffers for longjmp() of a thread */
#define LFI_BIND_BUCKETS      256            /* of each index, a power of two */

struct lfi_bind;

/* A callback of the host that has an address in the box. */
struct lfi_bind_slot {
    struct lfi_bind *bind;
    lfi_gate_fn *function;                     /* of the host, of the library's type */
    lfi_gate_fn *thunk;                        /* of the binding: brings the arguments over */
    uint64_t address, generation;              /* of the library, when it was made */
    struct lfi_bind_slot *next, *next_address; /* of the same bucket */
};

/* A host pointer that the box knows by a number. */
struct lfi_bind_handle {
    const void *pointer;
    const char *kind; /* of what it points to, as annotations say; "": nothing is said */
    uint64_t number;  /* odd, and never an address */
    uint64_t generation;
    struct lfi_bind_handle *next, *next_number; /* of the same bucket */
};

/* A structure of the host that has one place in the box for as long as both use it. */
struct lfi_bind_kept {
    const void *host;
    uint64_t address, generation;
    bool dropped; /* since the freeze, and made before it: a reset brings it back */
    size_t size;
    struct lfi_bind_kept *next;
};

/* A string that a function returned. */
struct lfi_bind_interned {
    struct lfi_bind_interned *next;
    char text[1];
};

/* A jmp_buf of the host, by that of the box. It belongs to the thread that asked for it. */
struct lfi_bind_jump {
    uint64_t bind; /* the instance's number */
    uint64_t address, object;
    const char *frame; /* the stack where it was asked for, in the function that calls setjmp();
                          NULL: that has returned, or the object is another one now */
    struct lfi_library *within; /* whose callback that was in, or NULL */
    jmp_buf buffer;
    struct lfi_bind_jump *next;
};

/* What an instance keeps for its wrappers. */
struct lfi_bind {
    struct lfi_library *library;
    pthread_mutex_t lock;                                     /* of the indexes */
    struct lfi_bind_slot *slots[LFI_BIND_BUCKETS];            /* by function */
    struct lfi_bind_slot *slot_addresses[LFI_BIND_BUCKETS];   /* the same by address */
    struct lfi_bind_handle *handles[LFI_BIND_BUCKETS];        /* by pointer */
    struct lfi_bind_handle *handle_numbers[LFI_BIND_BUCKETS]; /* the same by number */
    struct lfi_bind_kept *kept[LFI_BIND_BUCKETS];             /* by the host's address */
    struct lfi_bind_interned *interned[LFI_BIND_BUCKETS];     /* by text */
    uint64_t number;                                          /* no other instance has it, ever */
    uint64_t last_handle;
    uint64_t generation; /* of the library, as the indexes are */
    size_t interned_count, interned_bytes;
};

/* Memory of a call that was too large for the box's stack. */
struct lfi_bind_heap {
    uint64_t address;
    struct lfi_bind_heap *next;
};

/* A call of a wrapper, or a callback: what it has in the box, and the first thing that failed. */
struct lfi_bind_call {
    struct lfi_bind *bind;
    int status; /* 0 or a negative errno value */
    uint64_t mark;
    struct lfi_bind_heap *heap;
    const char *callback; /* the frame of the callback that it is in; NULL: none */
    struct lfi_bind_block *blocks;
    /* Of wrappers, if the library uses longjmp(): */
    const uint64_t *objects; /* its arguments that are objects of the box */
    size_t object_count;
    const char *frame; /* the stack of its caller */
    struct lfi_bind_call *outer;
};

#if __LDBL_MANT_DIG__ == 64
/* A long double as it crosses: its word on the stack has bytes that are no value's. By memory. */
struct __attribute__((packed, aligned(16))) lfi_bind_long_double {
    unsigned char first;
    uint64_t second;
    unsigned char rest[7];
};
struct lfi_bind_complex_long_double {
    struct lfi_bind_long_double part[2];
};

static LFI_BIND_UNUSED struct lfi_bind_long_double lfi_bind_long_double(long double value)
{
    struct lfi_bind_long_double raw;
    memset(&raw, 0, sizeof raw);
    memcpy(&raw, &value, 10);
    return raw;
}

static LFI_BIND_UNUSED struct lfi_bind_complex_long_double
lfi_bind_complex_long_double(_Complex long double value)
{
    struct lfi_bind_complex_long_double raw;
    raw.part[0] = lfi_bind_long_double(__real__ value);
    raw.part[1] = lfi_bind_long_double(__imag__ value);
    return raw;
}
#endif

/* Memory of the host that a callback's arguments are in. A callback that does not return leaves it
 * to the call that it ends. */
struct lfi_bind_block {
    void *memory;
    struct lfi_bind_block *next;
};
static LFI_BIND_UNUSED __thread struct lfi_bind_block *lfi_bind_blocks;

/* Of the calling thread: the frame of the innermost callback, and a longjmp() on its way. */
static LFI_BIND_UNUSED __thread const char *lfi_bind_callback_frame;
static LFI_BIND_UNUSED __thread struct lfi_bind_jump *lfi_bind_jumping;
static LFI_BIND_UNUSED __thread int lfi_bind_jump_value;

/* Of the calling thread: its innermost call, its buffers, the deepest frame of one, and the stack
 * of who called a drop-in function. */
static LFI_BIND_UNUSED __thread struct lfi_bind_call *lfi_bind_current;
static LFI_BIND_UNUSED __thread struct lfi_bind_jump *lfi_bind_jumps;
static LFI_BIND_UNUSED __thread const char *lfi_bind_deepest, *lfi_bind_caller;

#define LFI_BIND_CALL(bind)                                                               \
    {                                                                                     \
        (bind), 0, 0, NULL, lfi_bind_callback_frame, lfi_bind_blocks, NULL, 0, NULL, NULL \
    }

/* Fields of structures, whose images are the host's own copies of what the box has. */
#define LFI_BIND_MOVE(to, from, field) \
    memcpy((void *)&(to)->field, (const void *)&(from)->field, sizeof((to)->field))
#define LFI_BIND_BOOLS(to, from, field)                                     \
    do {                                                                    \
        LFI_BIND_MOVE(to, from, field);                                     \
        lfi_bind_bools((unsigned char *)&(to)->field, sizeof((to)->field)); \
    } while (0)

/* Bytes that are to be _Bool: 0 or 1. */
static LFI_BIND_UNUSED void lfi_bind_bools(unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = bytes[i] != 0;
}

static LFI_BIND_UNUSED void lfi_bind_fail(struct lfi_bind_call *call, int status)
{
    if (call->status == 0)
        call->status = status;
}

/* ------------------------------------------------------------------------------- the instance */

static LFI_BIND_UNUSED void lfi_bind_init(struct lfi_bind *bind, struct lfi_library *library)
{
    static uint64_t last;
    memset(bind, 0, sizeof *bind);
    bind->library = library;
    bind->number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    pthread_mutex_init(&bind->lock, NULL);
}

#define LFI_BIND_FREE_LIST(type, list)                        \
    do {                                                      \
        for (type *item = (list), *next; item; item = next) { \
            next = item->next;                                \
            free(item);                                       \
        }                                                     \
        (list) = NULL;                                        \
    } while (0)

/* The bucket of an address or a number. */
static LFI_BIND_UNUSED size_t lfi_bind_bucket(uint64_t key)
{
    return (size_t)((key * 0x9e3779b97f4a7c15) >> 32) & (LFI_BIND_BUCKETS - 1);
}

/* All but the library. */
static LFI_BIND_UNUSED void lfi_bind_finish(struct lfi_bind *bind)
{
    for (size_t i = 0; i < LFI_BIND_BUCKETS; i++) {
        LFI_BIND_FREE_LIST(struct lfi_bind_slot, bind->slots[i]);
        LFI_BIND_FREE_LIST(struct lfi_bind_handle, bind->handles[i]);
        LFI_BIND_FREE_LIST(struct lfi_bind_kept, bind->kept[i]);
        LFI_BIND_FREE_LIST(struct lfi_bind_interned, bind->interned[i]);
    }
    for (struct lfi_bind_jump *jump = lfi_bind_jumps; jump; jump = jump->next)
        if (jump->bind == bind->number)
            jump->frame = NULL;
    pthread_mutex_destroy(&bind->lock);
}

/* A reset of the library undoes what was made since its freeze; the indexes follow. */
#define LFI_BIND_FORGET(type, list, link, free)                        \
    for (type **at = &(list), *item = *at; item != NULL; item = *at) { \
        if (item->generation == 0) {                                   \
            at = &item->link;                                          \
        } else {                                                       \
            *at = item->link;                                          \
            free;                                                      \
        }                                                              \
    }

/* The lock of the indexes. */
static LFI_BIND_UNUSED void lfi_bind_lock(struct lfi_bind *bind)
{
    pthread_mutex_lock(&bind->lock);
    uint64_t generation = lfi_library_generation(bind->library);
    if (__builtin_expect(bind->generation == generation, 1))
        return;
    bool reset = generation > 1; /* else it was frozen only */
    for (size_t i = 0; reset && i < LFI_BIND_BUCKETS; i++) {
        LFI_BIND_FORGET(struct lfi_bind_slot, bind->slot_addresses[i], next_address, (void)0);
        LFI_BIND_FORGET(struct lfi_bind_handle, bind->handle_numbers[i], next_number, (void)0);
    }
    for (size_t i = 0; reset && i < LFI_BIND_BUCKETS; i++) {
        LFI_BIND_FORGET(struct lfi_bind_slot, bind->slots[i], next, free(item));
        LFI_BIND_FORGET(struct lfi_bind_handle, bind->handles[i], next, free(item));
        LFI_BIND_FORGET(struct lfi_bind_kept, bind->kept[i], next, free(item));
        for (struct lfi_bind_kept *kept = bind->kept[i]; kept; kept = kept->next)
            kept->dropped = false;
    }
    bind->generation = generation;
}

/* Which library a binding was made for: not a check against attackers, the verifier is that. */
static LFI_BIND_UNUSED uint64_t lfi_bind_hash(const void *bytes, size_t size)
{
    const unsigned char *at = (const unsigned char *)bytes;
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 0x100000001b3;
    return hash;
}

static LFI_BIND_UNUSED int lfi_bind_error(struct lfi_error *error, int status, const char *path,
                                          const char *what)
{
    if (error)
        snprintf(error->message, sizeof error->message, "%s: %s", path, what);
    return status;
}

/* Opens a file that must be the one that the binding was made for. */
static LFI_BIND_UNUSED int lfi_bind_open_path(struct lfi_library **library, const char *path,
                                              size_t size, uint64_t hash,
                                              const struct lfi_library_options *options,
                                              struct lfi_error *error)
{
    *library = NULL;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return lfi_bind_error(error, -errno, path, strerror(errno));
    char *bytes = (char *)malloc(size + 1);
    size_t got = bytes ? fread(bytes, 1, size + 1, file) : 0;
    fclose(file);
    int status = -ENOMEM;
    if (!bytes)
        lfi_bind_error(error, status, path, strerror(ENOMEM));
    else if (got != size || lfi_bind_hash(bytes, size) != hash)
        status = lfi_bind_error(error, -ESTALE, path,
                                "is not the library that the binding was made for: run lfi-bind "
                                "again");
    else
        status = lfi_library_open_bytes(library, path, bytes, size, options, error);
    free(bytes);
    return status;
}

/* ------------------------------------------------------------------------------ memory of calls */

/*
 * A number of a size's expression. It has so few bits that what is computed with all of them does
 * not wrap: one with more is no size, and fails the call. (Another one in its place would make a
 * size that is not what the host computes: of a difference, or a remainder.)
 */
static LFI_BIND_UNUSED __int128 lfi_bind_number(struct lfi_bind_call *call, __int128 number,
                                                unsigned bits)
{
    const __int128 most = (__int128)1 << bits;
    if (number >= -most && number <= most)
        return number;
    lfi_bind_fail(call, -EOVERFLOW);
    return 0;
}

/* One that is divided by. */
static LFI_BIND_UNUSED __int128 lfi_bind_divisor(struct lfi_bind_call *call, __int128 number,
                                                 unsigned bits)
{
    number = lfi_bind_number(call, number, bits);
    if (number != 0)
        return number;
    lfi_bind_fail(call, -EDOM);
    return 1;
}

/* One that is shifted by. */
static LFI_BIND_UNUSED int lfi_bind_shift(struct lfi_bind_call *call, __int128 number,
                                          unsigned bits)
{
    if (number >= 0 && number <= bits)
        return (int)number;
    lfi_bind_fail(call, -EOVERFLOW);
    return 0;
}

/* Bytes of `count` elements of `unit` bytes. */
static LFI_BIND_UNUSED uint64_t lfi_bind_size(struct lfi_bind_call *call, __int128 count,
                                              size_t unit)
{
    if (count < 0 || count > (__int128)(UINT32_MAX / unit)) {
        lfi_bind_fail(call, -EOVERFLOW);
        return 0;
    }
    return (uint64_t)count * unit;
}

/* `size` bytes in the box until the call ends; 0 if it has failed. */
static LFI_BIND_UNUSED uint64_t lfi_bind_take(struct lfi_bind_call *call, uint64_t size)
{
    struct lfi_library *library = call->bind->library;
    if (call->status != 0)
        return 0;
    if (call->mark == 0)
        call->mark = lfi_library_scratch_begin(library);
    uint64_t address =
        size <= LFI_LIBRARY_SCRATCH / 4 && call->mark != 0 ? lfi_library_scratch(library, size) : 0;
    if (address)
        return address;
    struct lfi_bind_heap *heap = (struct lfi_bind_heap *)malloc(sizeof *heap);
    address = heap ? lfi_library_malloc(library, size ? size : 1) : 0;
    if (!address) {
        free(heap);
        lfi_bind_fail(call, -ENOMEM);
        return 0;
    }
    heap->address = address;
    heap->next = call->heap;
    call->heap = heap;
    return address;
}

/* Ends the call; its status. */
static LFI_BIND_UNUSED int lfi_bind_end(struct lfi_bind_call *call)
{
    while (call->heap) {
        struct lfi_bind_heap *heap = call->heap;
        call->heap = heap->next;
        if (!lfi_library_broken(call->bind->library))
            lfi_library_free_memory(call->bind->library, heap->address);
        free(heap);
    }
    if (call->mark)
        lfi_library_scratch_end(call->bind->library, call->mark);
    call->mark = 0;
    lfi_bind_callback_frame = call->callback;
    while (lfi_bind_blocks != call->blocks) {
        struct lfi_bind_block *block = lfi_bind_blocks;
        lfi_bind_blocks = block->next;
        free(block->memory);
        free(block);
    }
    if (call->frame)
        lfi_bind_current = call->outer;
    struct lfi_bind_jump *jump = lfi_bind_jumping;
    if (__builtin_expect(jump != NULL, 0) && call->status == -EINTR) {
        struct lfi_library *within = lfi_callback_library();
        /* setjmp() was called further out than the callback that this call is in: its box first. */
        if (call->callback && jump->frame > call->callback && within == call->bind->library)
            lfi_library_unwind(-EINTR);
        lfi_bind_jumping = NULL;
        if (jump->frame && within == jump->within)
            longjmp(jump->buffer, lfi_bind_jump_value);
        call->status = -EFAULT; /* across a callback of another library */
    }
    return call->status;
}

/* The gate to a function: to be called at once. */
static LFI_BIND_UNUSED lfi_gate_fn *lfi_bind_gate(struct lfi_bind_call *call, uint64_t address,
                                                  lfi_shape shape)
{
    if (__builtin_expect(address == 0, 0))
        lfi_bind_fail(call, -ENOSYS); /* the call is refused */
    lfi_bind_jumping = NULL;
    return lfi_library_gate(call->bind->library, address, shape);
}

/* Looks at how the gate call that was just made ended. */
static LFI_BIND_UNUSED void lfi_bind_returned(struct lfi_bind_call *call)
{
    const struct lfi_library_failure *failure = lfi_library_failed(call->bind->library);
    if (__builtin_expect(failure != NULL, 0))
        lfi_bind_fail(call, failure->end == LFI_LIBRARY_UNWOUND && failure->status < 0
                                ? failure->status
                                : -ECANCELED);
}

static LFI_BIND_UNUSED void lfi_bind_write(struct lfi_bind_call *call, uint64_t address,
                                           const void *from, uint64_t size)
{
    if (call->status == 0 && size > 0)
        lfi_bind_fail(call, lfi_library_copy_out(call->bind->library, address, from, size));
}

static LFI_BIND_UNUSED void lfi_bind_read(struct lfi_bind_call *call, void *to, uint64_t address,
                                          uint64_t size)
{
    if (call->status == 0 && size > 0)
        lfi_bind_fail(call, lfi_library_copy_in(call->bind->library, to, address, size));
}

/* A copy in the box of what the host has; 0 for NULL. */
static LFI_BIND_UNUSED uint64_t lfi_bind_in(struct lfi_bind_call *call, const void *from,
                                            uint64_t size)
{
    uint64_t address = from ? lfi_bind_take(call, size) : 0;
    if (address)
        lfi_bind_write(call, address, from, size);
    return address;
}

/* Room for addresses of the box. Where the callee writes none, they are NULL. */
static LFI_BIND_UNUSED uint64_t lfi_bind_take_addresses(struct lfi_bind_call *call, uint64_t size)
{
    const uint64_t null = 0;
    uint64_t address = lfi_bind_take(call, size);
    for (uint64_t at = 0; address && at < size; at += sizeof null)
        lfi_bind_write(call, address + at, &null, sizeof null);
    return address;
}

static LFI_BIND_UNUSED uint64_t lfi_bind_string(struct lfi_bind_call *call, const char *string)
{
    return lfi_bind_in(call, string, string ? strlen(string) + 1 : 0);
}

/* Memory of the host for what is read, freed with free(); NULL if the call has failed. */
static LFI_BIND_UNUSED void *lfi_bind_host(struct lfi_bind_call *call, uint64_t size)
{
    void *memory = call->status == 0 ? calloc(1, size ? size : 1) : NULL;
    if (!memory)
        lfi_bind_fail(call, -ENOMEM);
    return memory;
}

/* A copy of [address, address + size), to be freed; NULL for 0, or if the call has failed. */
static LFI_BIND_UNUSED void *lfi_bind_fetch(struct lfi_bind_call *call, uint64_t address,
                                            uint64_t size)
{
    if (!address || call->status != 0)
        return NULL;
    if (!lfi_box_contains(lfi_library_box(call->bind->library), address, size)) {
        lfi_bind_fail(call, -EFAULT); /* before a size of the box's choice is allocated */
        return NULL;
    }
    void *memory = lfi_bind_host(call, size);
    lfi_bind_read(call, memory, address, size);
    if (call->status == 0)
        return memory;
    free(memory);
    return NULL;
}

/* The box says that there is so much. NULL is nothing: the host would follow it. */
static LFI_BIND_UNUSED void lfi_bind_there(struct lfi_bind_call *call, uint64_t address,
                                           uint64_t size)
{
    if (!address && size > 0)
        lfi_bind_fail(call, -EFAULT);
}

static LFI_BIND_UNUSED char *lfi_bind_fetch_string(struct lfi_bind_call *call, uint64_t address)
{
    char *text = NULL;
    if (address && call->status == 0)
        lfi_bind_fail(
            call, lfi_library_string_in(call->bind->library, &text, address, LFI_BIND_STRING_MAX));
    return text;
}

/* A list of strings that ends with NULL, in one piece, to be freed. */
static LFI_BIND_UNUSED char **lfi_bind_fetch_strings(struct lfi_bind_call *call, uint64_t address)
{
    char *texts[LFI_BIND_LIST_MAX];
    size_t count = 0, size = sizeof(char *);
    char **list = NULL;
    if (!address)
        return NULL;
    for (; call->status == 0; count++) {
        uint64_t at = 0;
        lfi_bind_read(call, &at, address + 8 * count, sizeof at);
        if (at == 0 || call->status != 0)
            break;
        if (count == LFI_BIND_LIST_MAX)
            lfi_bind_fail(call, -E2BIG);
        char *text = lfi_bind_fetch_string(call, at);
        if (!text)
            break;
        texts[count] = text;
        size += sizeof(char *) + strlen(text) + 1;
        if (size > LFI_BIND_TEXT_MAX)
            lfi_bind_fail(call, -E2BIG);
    }
    if (call->status == 0)
        list = (char **)lfi_bind_host(call, size);
    char *at = list ? (char *)(list + count + 1) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (list) {
            list[i] = at;
            at = stpcpy(at, texts[i]) + 1;
        }
        free(texts[i]);
    }
    return list;
}

/* A pointer of the box that only the box follows; it must be one, or NULL. */
static LFI_BIND_UNUSED uint64_t lfi_bind_pointer(struct lfi_bind_call *call, uint64_t address)
{
    if (address && !lfi_box_contains(lfi_library_box(call->bind->library), address, 1)) {
        lfi_bind_fail(call, -EFAULT);
        return 0;
    }
    return address;
}

/* The same for a list that was copied: what is none becomes NULL. */
static LFI_BIND_UNUSED void lfi_bind_pointers(struct lfi_bind_call *call, void *list,
                                              uint64_t count)
{
    for (uint64_t i = 0, address; i < count; i++) {
        memcpy(&address, (char *)list + 8 * i, sizeof address);
        address = lfi_bind_pointer(call, address);
        memcpy((char *)list + 8 * i, &address, sizeof address);
    }
}

/* A list of strings that ends with NULL, in the box. */
static LFI_BIND_UNUSED uint64_t lfi_bind_strings(struct lfi_bind_call *call,
                                                 const char *const *strings)
{
    size_t count = 0;
    while (strings && strings[count])
        count++;
    uint64_t list = strings ? lfi_bind_take(call, 8 * (count + 1)) : 0;
    for (size_t i = 0; list && i <= count; i++) {
        uint64_t address = lfi_bind_string(call, strings[i]);
        lfi_bind_write(call, list + 8 * i, &address, sizeof address);
    }
    return list;
}

/* Memory of the host for what a callback writes to [address, address + size). */
static LFI_BIND_UNUSED void *lfi_bind_room(struct lfi_bind_call *call, uint64_t address,
                                           uint64_t size)
{
    if (!address || call->status != 0)
        return NULL;
    if (!lfi_box_contains(lfi_library_box(call->bind->library), address, size)) {
        lfi_bind_fail(call, -EFAULT);
        return NULL;
    }
    return lfi_bind_host(call, size);
}

/* The same, for a host that follows it itself: `size` bytes. */
static LFI_BIND_UNUSED uint64_t lfi_bind_object(struct lfi_bind_call *call, uint64_t address,
                                                uint64_t size)
{
    if (address && !lfi_box_contains(lfi_library_box(call->bind->library), address, size)) {
        lfi_bind_fail(call, -EFAULT);
        return 0;
    }
    return address;
}

/* ------------------------------------------------------------------------------- values */

/* A float in a vector register whose other bits are 0: those that the calling convention leaves
 * open could be the host's. */
static LFI_BIND_UNUSED double lfi_bind_float(float value)
{
    uint64_t bits = 0;
    double wide;
    memcpy(&bits, &value, sizeof value);
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

static LFI_BIND_UNUSED float lfi_bind_to_float(double wide)
{
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* ------------------------------------------------------------------------------- handles */

/* The number by which the box knows a pointer of the host; the same for the same. 0 for NULL. */
static LFI_BIND_UNUSED uint64_t lfi_bind_handle(struct lfi_bind_call *call, const void *pointer,
                                                const char *kind)
{
    struct lfi_bind *bind = call->bind;
    if (!pointer || call->status != 0)
        return 0;
    lfi_bind_lock(bind);
    struct lfi_bind_handle **bucket = &bind->handles[lfi_bind_bucket((uintptr_t)pointer)];
    struct lfi_bind_handle *handle = *bucket;
    while (handle && (handle->pointer != pointer || strcmp(handle->kind, kind) != 0))
        handle = handle->next;
    if (!handle && (handle = (struct lfi_bind_handle *)malloc(sizeof *handle))) {
        handle->pointer = pointer;
        handle->kind = kind;
        handle->number = 2 * ++bind->last_handle + 1;
        handle->generation = bind->generation;
        handle->next = *bucket;
        *bucket = handle;
        bucket = &bind->handle_numbers[lfi_bind_bucket(handle->number)];
        handle->next_number = *bucket;
        *bucket = handle;
    }
    uint64_t number = handle ? handle->number : 0;
    pthread_mutex_unlock(&bind->lock);
    if (!handle)
        lfi_bind_fail(call, -ENOMEM);
    return number;
}

/* The pointer; a number that is none, or one of another kind, fails. */
static LFI_BIND_UNUSED void *lfi_bind_lookup(struct lfi_bind_call *call, uint64_t number,
                                             const char *kind)
{
    struct lfi_bind *bind = call->bind;
    if (number == 0)
        return NULL;
    lfi_bind_lock(bind);
    struct lfi_bind_handle *handle = bind->handle_numbers[lfi_bind_bucket(number)];
    while (handle && (handle->number != number || strcmp(handle->kind, kind) != 0))
        handle = handle->next_number;
    const void *pointer = handle ? handle->pointer : NULL;
    pthread_mutex_unlock(&bind->lock);
    if (!handle)
        lfi_bind_fail(call, -EFAULT);
    return (void *)(uintptr_t)pointer;
}

/* The host no longer has this pointer: its numbers are forgotten. */
static LFI_BIND_UNUSED void lfi_bind_forget(struct lfi_bind *bind, const void *pointer)
{
    lfi_bind_lock(bind);
    struct lfi_bind_handle **at = &bind->handles[lfi_bind_bucket((uintptr_t)pointer)];
    while (*at) {
        struct lfi_bind_handle *handle = *at;
        if (handle->pointer != pointer) {
            at = &handle->next;
            continue;
        }
        struct lfi_bind_handle **same = &bind->handle_numbers[lfi_bind_bucket(handle->number)];
        while (*same != handle)
            same = &(*same)->next_number;
        *same = handle->next_number;
        *at = handle->next;
        free(handle);
    }
    pthread_mutex_unlock(&bind->lock);
}

/* A string in the host's memory that lives as long as the instance; the same for the same. */
static LFI_BIND_UNUSED char *lfi_bind_intern(struct lfi_bind_call *call, uint64_t address)
{
    struct lfi_bind *bind = call->bind;
    char *text = lfi_bind_fetch_string(call, address);
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    struct lfi_bind_interned **bucket = &bind->interned[lfi_bind_bucket(lfi_bind_hash(text, size))];
    lfi_bind_lock(bind);
    struct lfi_bind_interned *found = *bucket;
    while (found && strcmp(found->text, text) != 0)
        found = found->next;
    if (!found && bind->interned_count < LFI_BIND_INTERNED_MAX &&
        size <= LFI_BIND_TEXT_MAX - bind->interned_bytes &&
        (found = (struct lfi_bind_interned *)malloc(sizeof *found + size))) {
        memcpy(found->text, text, size);
        found->next = *bucket;
        *bucket = found;
        bind->interned_count++;
        bind->interned_bytes += size;
    }
    pthread_mutex_unlock(&bind->lock);
    free(text);
    if (!found)
        lfi_bind_fail(call, -ENOMEM);
    return found ? found->text : NULL;
}

/* ------------------------------------------------------------------------------- callbacks */

/* The address by which the box calls `function` through `thunk`; the same for the same. 0: NULL. */
static LFI_BIND_UNUSED uint64_t lfi_bind_callback(struct lfi_bind_call *call, lfi_gate_fn *function,
                                                  lfi_gate_fn *thunk, lfi_shape shape)
{
    struct lfi_bind *bind = call->bind;
    if (!function || call->status != 0)
        return 0;
    lfi_bind_lock(bind);
    struct lfi_bind_slot **bucket = &bind->slots[lfi_bind_bucket((uintptr_t)function)];
    struct lfi_bind_slot *slot = *bucket;
    while (slot && (slot->function != function || slot->thunk != thunk))
        slot = slot->next;
    int status = 0;
    if (!slot && (slot = (struct lfi_bind_slot *)malloc(sizeof *slot))) {
        slot->bind = bind;
        slot->function = function;
        slot->thunk = thunk;
        slot->generation = bind->generation;
        status = lfi_library_callback(bind->library, thunk, slot, shape, &slot->address);
        if (status == 0) {
            slot->next = *bucket;
            *bucket = slot;
            bucket = &bind->slot_addresses[lfi_bind_bucket(slot->address)];
            slot->next_address = *bucket;
            *bucket = slot;
        } else {
            free(slot);
            slot = NULL;
        }
    }
    uint64_t address = slot ? slot->address : 0;
    pthread_mutex_unlock(&bind->lock);
    if (!address)
        lfi_bind_fail(call, status ? status : -ENOMEM);
    return address;
}

/* The function of the host that has this address and the type that `thunk` is for, or NULL. */
static LFI_BIND_UNUSED lfi_gate_fn *lfi_bind_function(struct lfi_bind_call *call, uint64_t address,
                                                      lfi_gate_fn *thunk)
{
    lfi_bind_lock(call->bind);
    struct lfi_bind_slot *slot = call->bind->slot_addresses[lfi_bind_bucket(address)];
    while (slot && (slot->address != address || slot->thunk != thunk))
        slot = slot->next_address;
    pthread_mutex_unlock(&call->bind->lock);
    return slot ? slot->function : NULL;
}

/* The call or callback frees it at its end, however that comes. */
static LFI_BIND_UNUSED void *lfi_bind_track(struct lfi_bind_call *call, void *memory)
{
    struct lfi_bind_block *block = memory ? (struct lfi_bind_block *)malloc(sizeof *block) : NULL;
    if (block) {
        block->memory = memory;
        block->next = lfi_bind_blocks;
        lfi_bind_blocks = block;
        return memory;
    }
    if (memory)
        lfi_bind_fail(call, -ENOMEM);
    free(memory);
    return NULL;
}

/* A callback begins; `frame` is its own. */
static LFI_BIND_UNUSED void lfi_bind_enter(struct lfi_bind_call *call, const char *frame)
{
    call->callback = lfi_bind_callback_frame;
    lfi_bind_callback_frame = frame;
}

/* A callback whose arguments are not what they should be, or whose results cannot be given back,
 * ends the call that the host made: what else it would return is a guess. */
static LFI_BIND_UNUSED void lfi_bind_end_callback(struct lfi_bind_call *call)
{
    int status = lfi_bind_end(call);
    if (status != 0)
        lfi_library_unwind(status);
}

/* ------------------------------------------------------------------------------- longjmp */

/* Those whose function has returned, since its stack was below `frame`, are not jumped to. */
static LFI_BIND_UNUSED void lfi_bind_age(const char *frame)
{
    lfi_bind_deepest = NULL;
    for (struct lfi_bind_jump *jump = lfi_bind_jumps; jump; jump = jump->next) {
        if (jump->frame && jump->frame < frame)
            jump->frame = NULL;
        if (jump->frame && (!lfi_bind_deepest || jump->frame < lfi_bind_deepest))
            lfi_bind_deepest = jump->frame;
    }
}

/* A call begins, with these objects of the box. Only the buffer of one is jumped to. */
static LFI_BIND_UNUSED void lfi_bind_objects(struct lfi_bind_call *call, const uint64_t *objects,
                                             size_t count, const char *frame)
{
    if (lfi_bind_caller)
        frame = lfi_bind_caller;
    lfi_bind_caller = NULL;
    call->objects = objects;
    call->object_count = count;
    call->frame = frame;
    call->outer = lfi_bind_current;
    lfi_bind_current = call;
    if (__builtin_expect(lfi_bind_deepest != NULL && frame > lfi_bind_deepest, 0))
        lfi_bind_age(frame);
}

/* The host gives an object back: its buffer is not jumped to any more. */
static LFI_BIND_UNUSED void lfi_bind_gone(struct lfi_bind_call *call, uint64_t object)
{
    for (struct lfi_bind_jump *jump = lfi_bind_jumps; jump; jump = jump->next)
        if (jump->bind == call->bind->number && jump->object == object)
            jump->frame = NULL;
}

/*
 * The box gives out an object. If it has given it out before, that one is no more; but not if a
 * function further up has a buffer for it, and has not given it back: then these were two by one
 * name, and a call with the first would jump to where the second's buffer was filled.
 */
static LFI_BIND_UNUSED void lfi_bind_renew(struct lfi_bind_call *call, uint64_t object)
{
    for (struct lfi_bind_jump *jump = lfi_bind_jumps; jump; jump = jump->next)
        if (jump->bind == call->bind->number && jump->object == object &&
            jump->frame > call->frame) {
            lfi_bind_fail(call, -EFAULT);
            return;
        }
    lfi_bind_gone(call, object);
}

/* The same for `count` that are in a list of the host; in front of a call they are given back. */
static LFI_BIND_UNUSED void lfi_bind_renew_all(struct lfi_bind_call *call, void *list,
                                               uint64_t count)
{
    for (uint64_t i = 0, object; i < count; i++) {
        memcpy(&object, (const char *)list + 8 * i, sizeof object);
        lfi_bind_renew(call, object);
    }
    if (call->status != 0)
        memset(list, 0, 8 * count);
}

static LFI_BIND_UNUSED void lfi_bind_gone_all(struct lfi_bind_call *call, const void *list,
                                              uint64_t count)
{
    for (uint64_t i = 0, object; i < count; i++) {
        memcpy(&object, (const char *)list + 8 * i, sizeof object);
        lfi_bind_gone(call, object);
    }
}

/* What the box calls as longjmp(): the call ends, and the host's own longjmp() follows there. */
static LFI_BIND_UNUSED void lfi_bind_longjmp_thunk(uint64_t buffer, uint64_t value)
{
    const struct lfi_bind_slot *slot = (const struct lfi_bind_slot *)lfi_callback_data();
    const struct lfi_bind_call *call = lfi_bind_current;
    const char *here = (const char *)__builtin_frame_address(0);
    struct lfi_bind_jump *jump = lfi_bind_jumps;
    while (jump && (jump->bind != slot->bind->number || jump->address != buffer || !jump->frame))
        jump = jump->next;
    bool good = jump && jump->frame > here && call && call->bind == slot->bind;
    size_t i = 0;
    while (good && i < call->object_count && call->objects[i] != jump->object)
        i++;
    if (!good || i == call->object_count)
        lfi_library_unwind(-EFAULT);
    lfi_bind_jumping = jump;
    lfi_bind_jump_value = (int)value ? (int)value : 1;
    lfi_library_unwind(-EINTR);
}

static LFI_BIND_UNUSED uint64_t lfi_bind_longjmp(struct lfi_bind_call *call, lfi_gate_fn *function)
{
    return lfi_bind_callback(call, function, (lfi_gate_fn *)lfi_bind_longjmp_thunk,
                             LFI_SHAPE(2, 0, 0));
}

/* Frees a thread's buffers at its end. */
static LFI_BIND_UNUSED void lfi_bind_free_jumps(void *list)
{
    struct lfi_bind_jump *next;
    for (struct lfi_bind_jump *jump = (struct lfi_bind_jump *)list; jump; jump = next) {
        next = jump->next;
        free(jump);
    }
    lfi_bind_jumps = NULL;
    lfi_bind_deepest = NULL;
}

static struct {
    pthread_once_t once;
    pthread_key_t key;
    bool made;
} lfi_bind_end_of_thread LFI_BIND_UNUSED = {PTHREAD_ONCE_INIT, 0, false};

static LFI_BIND_UNUSED void lfi_bind_make_key(void)
{
    lfi_bind_end_of_thread.made =
        pthread_key_create(&lfi_bind_end_of_thread.key, lfi_bind_free_jumps) == 0;
}

/* The binding may be in a plugin that is unloaded. */
static LFI_BIND_UNUSED __attribute__((destructor)) void lfi_bind_delete_key(void)
{
    if (lfi_bind_end_of_thread.made)
        pthread_key_delete(lfi_bind_end_of_thread.key);
}

/* Another buffer for the thread, or one that is no longer jumped to. */
static LFI_BIND_UNUSED struct lfi_bind_jump *lfi_bind_new_jump(void)
{
    size_t count = 0;
    for (struct lfi_bind_jump *jump = lfi_bind_jumps; jump; jump = jump->next) {
        if (!jump->frame)
            return jump;
        count++;
    }
    pthread_once(&lfi_bind_end_of_thread.once, lfi_bind_make_key);
    struct lfi_bind_jump *jump = count < LFI_BIND_JUMPS_MAX && lfi_bind_end_of_thread.made
                                     ? (struct lfi_bind_jump *)calloc(1, sizeof *jump)
                                     : NULL;
    if (!jump)
        return NULL;
    jump->next = lfi_bind_jumps;
    if (pthread_setspecific(lfi_bind_end_of_thread.key, jump) != 0) {
        free(jump);
        return NULL;
    }
    return lfi_bind_jumps = jump;
}

/* The host's buffer for that of the box, which it made for `object`. */
static LFI_BIND_UNUSED jmp_buf *lfi_bind_jmp_buf(struct lfi_bind_call *call, uint64_t object,
                                                 uint64_t address)
{
    if (!address)
        return NULL;
    struct lfi_bind_jump *jump = lfi_bind_jumps;
    while (jump && (jump->bind != call->bind->number || jump->object != object || !jump->frame))
        jump = jump->next;
    if (!jump)
        jump = lfi_bind_new_jump();
    if (!jump) {
        lfi_bind_fail(call, -ENOMEM);
        return NULL;
    }
    jump->bind = call->bind->number;
    jump->object = object;
    jump->address = address;
    jump->frame = call->frame;
    jump->within = lfi_callback_library();
    if (!lfi_bind_deepest || call->frame < lfi_bind_deepest)
        lfi_bind_deepest = call->frame;
    return &jump->buffer;
}

/* ------------------------------------------------------------------------------- kept */

/* Where the box has this structure; made, and zero, where it has none yet. */
static LFI_BIND_UNUSED uint64_t lfi_bind_keep(struct lfi_bind_call *call, const void *host,
                                              size_t size)
{
    struct lfi_bind *bind = call->bind;
    if (!host || call->status != 0)
        return 0;
    lfi_bind_lock(bind);
    struct lfi_bind_kept **bucket = &bind->kept[lfi_bind_bucket((uintptr_t)host)];
    struct lfi_bind_kept *kept = *bucket;
    while (kept && (kept->host != host || kept->size != size || kept->dropped))
        kept = kept->next;
    uint64_t address = kept ? kept->address : 0;
    pthread_mutex_unlock(&bind->lock);
    if (address)
        return address;
    address = lfi_library_calloc(bind->library, 1, size);
    kept = address ? (struct lfi_bind_kept *)malloc(sizeof *kept) : NULL;
    if (!kept) {
        lfi_bind_fail(call, -ENOMEM);
        return 0;
    }
    kept->host = host;
    kept->address = address;
    kept->size = size;
    kept->dropped = false;
    lfi_bind_lock(bind);
    kept->generation = bind->generation;
    kept->next = *bucket;
    *bucket = kept;
    pthread_mutex_unlock(&bind->lock);
    return address;
}

/* The host is done with it. */
static LFI_BIND_UNUSED void lfi_bind_drop(struct lfi_bind_call *call, const void *host, size_t size)
{
    struct lfi_bind *bind = call->bind;
    uint64_t address = 0;
    lfi_bind_lock(bind);
    struct lfi_bind_kept **at = &bind->kept[lfi_bind_bucket((uintptr_t)host)];
    for (; *at; at = &(*at)->next) {
        struct lfi_bind_kept *kept = *at;
        if (kept->host == host && kept->size == size && !kept->dropped) {
            address = kept->address;
            kept->dropped = kept->generation == 0 && bind->generation != 0;
            if (!kept->dropped) {
                *at = kept->next;
                free(kept);
            }
            break;
        }
    }
    pthread_mutex_unlock(&bind->lock);
    if (address && !lfi_library_broken(bind->library))
        lfi_library_free_memory(bind->library, address);
}

#endif
