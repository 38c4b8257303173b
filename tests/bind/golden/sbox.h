/* The library in its box, with typed calls (docs/lfi-bind.md of LFI).
 * Made by lfi-bind: do not edit. */
#ifndef LFI_BOUND_sbox_H
#define LFI_BOUND_sbox_H

#ifdef __cplusplus
extern "C" {
#endif
#include "sample.h"
#ifdef __cplusplus
}
#endif
#include <lfi/library.h>

#ifndef LFI_BIND_UNDECIDED
#if defined(__clang__) || !defined(__GNUC__) || __GNUC__ >= 12
#define LFI_BIND_UNDECIDED(why) __attribute__((unavailable(why)))
#else
#define LFI_BIND_UNDECIDED(why) __attribute__((error(why)))
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* One instance: a box with the library. Any number of threads may call. */
struct sbox;

/* Verifies and starts it: 0, or a negative errno value with *sbox NULL and the reason
 * in *error. All zero or NULL options: nothing of the host. */
int sbox_open(struct sbox **sbox, const struct lfi_library_options *options,
    struct lfi_error *error);

/* -EBUSY while a call is under way. NULL is allowed. */
int sbox_free(struct sbox *sbox);

struct lfi_library *sbox_library(struct sbox *sbox);

/* How the calling thread's last call of a wrapper ended: 0, or a negative errno value,
 * and then its result means nothing. -ECANCELED: lfi_library_failed() says why.
 * -EFAULT: a pointer that the box gave is none, -EOVERFLOW: a size is too large,
 * -ENOSYS: the library lacks the function. */
int sbox_status(void);

/* The host is done with a pointer that it passed as user_data. */
void sbox_forget(struct sbox *sbox, const void *user_data);

int (sbox_add)(struct sbox *lfi_box, int a, int b);
double (sbox_scale)(struct sbox *lfi_box, float f, double d, long double l);
long double (sbox_half)(struct sbox *lfi_box, long double l);
float (sbox_third)(struct sbox *lfi_box, float f);
bool (sbox_is_odd)(struct sbox *lfi_box, int n);
enum color (sbox_next)(struct sbox *lfi_box, enum color color);
signed char (sbox_narrow)(struct sbox *lfi_box, int n);
struct point (sbox_mirror)(struct sbox *lfi_box, struct point p);
struct pair (sbox_swap)(struct sbox *lfi_box, struct pair p);
struct large (sbox_enlarge)(struct sbox *lfi_box, struct large l, int by);
long (sbox_many)(struct sbox *lfi_box, int a, long b, char c, short d, int e, long f, int g, double h, struct large i, long j);
struct mixed (sbox_mix)(struct sbox *lfi_box, struct mixed m);
size_t (sbox_length)(struct sbox *lfi_box, const char *text);
const char *(sbox_name_of)(struct sbox *lfi_box, enum color color);
void (sbox_fill)(struct sbox *lfi_box, unsigned char *to, size_t size, int value);
long (sbox_sum)(struct sbox *lfi_box, const int *list, int count);
void (sbox_twice)(struct sbox *lfi_box, int *list, size_t count);
void (sbox_flags)(struct sbox *lfi_box, bool *list, size_t count);
void (sbox_move_points)(struct sbox *lfi_box, struct point *points, size_t count, int by);
size_t (sbox_read_message)(struct sbox *lfi_box, struct message *message);
int (sbox_copy_stream)(struct sbox *lfi_box, struct stream *stream);
int (sbox_end_stream)(struct sbox *lfi_box, struct stream *stream);
void (sbox_sort)(struct sbox *lfi_box, int *list, size_t count, compare_fn *compare);
struct thing *(sbox_thing_new)(struct sbox *lfi_box, int value);
void (sbox_thing_free)(struct sbox *lfi_box, struct thing *thing);
int (sbox_thing_value)(struct sbox *lfi_box, const struct thing *thing);
int (sbox_thing_make)(struct sbox *lfi_box, struct thing **thing, int value);
void (sbox_thing_set)(struct sbox *lfi_box, struct thing *thing, visit_fn visit, void *data);
int (sbox_thing_visit)(struct sbox *lfi_box, struct thing *thing, int times);
void *(sbox_thing_data)(struct sbox *lfi_box, struct thing *thing);
void (sbox_crash)(struct sbox *lfi_box);
unsigned int (sbox_evil)(struct sbox *lfi_box, int what);
const char *(sbox_evil_string)(struct sbox *lfi_box, int what);
struct thing *(sbox_evil_pointer)(struct sbox *lfi_box, uint64_t address);
/* Not decided; say it in the annotation file (--annotations):
 * undecided.what: say string, or in, out or inout with size_is(count), or box
 */
void (sbox_undecided)(struct sbox *lfi_box, char *what)
    LFI_BIND_UNDECIDED("lfi-bind: undecided.what: say string, or in, out or inout with size_is(count), or box");

/* Not decided; say it in the annotation file (--annotations):
 * format: takes any number of arguments; write it by hand (custom)
 */
int (sbox_format)(struct sbox *lfi_box, const char *text)
    LFI_BIND_UNDECIDED("lfi-bind: format: takes any number of arguments; write it by hand (custom)");

/* Not decided; say it in the annotation file (--annotations):
 * print.file: a FILE of the host has no meaning in the box: write the function by hand (custom), or say user_data for a handle that the box only passes back
 */
void (sbox_print)(struct sbox *lfi_box, FILE *file)
    LFI_BIND_UNDECIDED("lfi-bind: print.file: a FILE of the host has no meaning in the box: write the function by hand (custom), or say user_data for a handle that the box only passes back");


#ifdef __cplusplus
}
#endif

#endif
