// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sample.h"

#include <stdlib.h>
#include <string.h>

int add(int a, int b)
{
    return a + b;
}
double scale(float f, double d, long double l)
{
    return f * d + (double)l;
}
long double half(long double l)
{
    return l / 2;
}
float third(float f)
{
    return f / 3;
}
bool is_odd(int n)
{
    return n & 1;
}
enum color next(enum color color)
{
    return color == RED ? GREEN : color == GREEN ? BLUE : RED;
}
signed char narrow(int n)
{
    return (signed char)n;
}
struct point mirror(struct point p)
{
    return (struct point){-p.x, -p.y};
}
struct pair swap(struct pair p)
{
    return (struct pair){p.b, p.a};
}
struct large enlarge(struct large l, int by)
{
    for (int i = 0; i < 6; i++)
        l.values[i] += by;
    l.flag = !l.flag;
    l.color = next(l.color);
    return l;
}
long many(int a, long b, char c, short d, int e, long f, int g, double h, struct large i, long j)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + (long)(8 * h) + 9 * i.values[5] +
           10 * j;
}
struct mixed mix(struct mixed m)
{
    m.small++;
    m.inner.b += m.inner.a;
    m.either.i ^= 1;
    m.bits++;
    m.flags[1] = !m.flags[1];
    return m;
}
size_t length(const char *text)
{
    return text ? strlen(text) : 99;
}
const char *name_of(enum color color)
{
    return color == RED ? "red" : color == GREEN ? "green" : color == BLUE ? "blue" : NULL;
}
void fill(unsigned char *to, size_t size, int value)
{
    memset(to, value, size);
}
long sum(const int *list, int count)
{
    long total = 0;
    for (int i = 0; i < count; i++)
        total += list[i];
    return total;
}
void twice(int *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        list[i] *= 2;
}
void flags(bool *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((volatile unsigned char *)list)[i] = (unsigned char)(i * 2); /* 0, 2, 4: not _Bool's */
}
void move_points(struct point *points, size_t count, int by)
{
    for (size_t i = 0; i < count; i++) {
        points[i].x += by;
        points[i].y += by;
    }
}
/* How many bytes are not 0. */
static size_t count_bytes(const void *bytes, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((const unsigned char *)bytes)[i] != 0;
    return count;
}
size_t spilt(const struct padded *padded)
{
    return count_bytes(padded, sizeof *padded);
}
size_t spilt_list(const long double *list, size_t count)
{
    return count_bytes(list, count * sizeof *list);
}
/* The arguments as they came, by functions of the same names with other types. */
#if __LDBL_MANT_DIG__ == 64
struct words {
    uint64_t list[4];
} __attribute__((aligned(16)));
size_t count_values(struct padded padded, struct words words) __asm__("spilt_values");
size_t count_values(struct padded padded, struct words words)
{
    return count_bytes(&padded, sizeof padded) + count_bytes(&words, sizeof words);
}
#else /* numbers are in registers, which they fill */
size_t spilt_values(struct padded padded, long double a, long double b)
{
    (void)a, (void)b;
    return count_bytes(&padded, sizeof padded);
}
#endif
unsigned upper_half(uint64_t first) __asm__("spilt_register");
unsigned upper_half(uint64_t first)
{
    return (unsigned)(first >> 32);
}
long choose(struct chosen chosen)
{
    return chosen.kind ? chosen.l : chosen.c;
}
struct padded refill(struct padded p, int with)
{
    p.list[1][0].size += with;
    p.points[2].y += with;
    p.both.y.d = (unsigned char)(p.both.y.d + with);
    p.any.large += with;
    p.wide += with;
    memset(p.on, 2, sizeof p.on);
    p.h += with;
    return p;
}
size_t read_message(struct message *m)
{
    size_t n = strlen(m->text);
    for (size_t i = 0; i < m->room; i++)
        m->copy[i] = i < m->size ? (char)m->bytes[i] : '.';
    m->text = "answer";
    return n;
}
int copy_stream(struct stream *s)
{
    if (!s->own)
        s->own = s;
    if (s->own != s)
        return -1; /* not where it was */
    while (s->avail_in && s->avail_out) {
        *s->next_out++ = *s->next_in++ ^ 1;
        s->avail_in--;
        s->avail_out--;
    }
    if (s->avail_out == 7777)
        s->next_out += 1000000;
    if (s->avail_out == 7778)
        s->avail_out = 1 << 30;
    return 0;
}
int end_stream(struct stream *s)
{
    return s->own == s ? 0 : -1;
}
void sort(int *list, size_t count, compare_fn *compare)
{
    qsort(list, count, 4, compare);
}

struct thing {
    int value;
    visit_fn visit;
    void *data;
    jump_fn jump;
    jmp_buf buffer;
};
struct thing *thing_new(int value)
{
    struct thing *thing = calloc(1, sizeof *thing);
    thing->value = value;
    return thing;
}
void thing_free(struct thing *thing)
{
    free(thing);
}
int thing_value(const struct thing *thing)
{
    return thing->value;
}
int thing_make(struct thing **thing, int value)
{
    *thing = value < 0 ? (struct thing *)0x10 : thing_new(value);
    return 0;
}
void thing_set(struct thing *thing, visit_fn visit, void *data)
{
    thing->visit = visit;
    thing->data = data;
}
int thing_visit(struct thing *thing, int times)
{
    int true_ones = 0;
    for (int i = 0; i < times; i++)
        true_ones +=
            thing->visit(thing->data, "visitor", (struct point){i, i / 2.0}, 1.5f, -3, BLUE);
    return true_ones;
}
void *thing_data(struct thing *thing)
{
    return thing->data;
}
jmp_buf *thing_jmp_buf(struct thing *thing, jump_fn jump, size_t size)
{
    (void)size;
    thing->jump = jump;
    return &thing->buffer;
}
void thing_error(struct thing *thing, int value)
{
    thing->jump(thing->buffer, value);
    abort();
}
void thing_wild_jump(struct thing *thing)
{
    thing->jump(((struct thing *)8)->buffer, 1);
    abort();
}
void crash(void)
{
    *(volatile int *)16 = 1;
}
typedef bool wild_fn(void *, const char *, struct point, float, long, long);
unsigned evil(int what)
{
    return what == 0 ? 2 : what == 1 ? 0xdead0100 : 77;
}
const char *evil_string(int what)
{
    return what ? (const char *)0x7fff00000000 : "";
}
struct thing *evil_pointer(uint64_t address)
{
    return (struct thing *)address;
}
void undecided(char *what)
{
    *what = 1;
}
void loose(const union loose *what)
{
    (void)what;
}
int format(const char *text, ...)
{
    return text != NULL;
}
void print(FILE *file)
{
    (void)file;
}
