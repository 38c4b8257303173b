// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Callbacks and threads: two threads of the host call one instance of the library at the same time.
 * Each has a stack and thread-local storage of its own in the box.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "scanbox.h"

struct work {
    struct scanbox *box;
    const char *text;
    size_t found, longest;
    char last[32];
};

/* Called by the box, which may say anything: numbers are checked before they are used. */
static int on_word(void *data, size_t at, size_t length)
{
    struct work *work = data;
    size_t size = strlen(work->text);
    if (at > size || length > size - at || length >= sizeof work->last)
        return 1;
    memcpy(work->last, work->text + at, length);
    work->last[length] = 0;
    return 0;
}

static void *run(void *data)
{
    struct work *work = data;
    work->found = scanbox_scan(work->box, work->text, strlen(work->text), on_word, work);
    work->longest = scanbox_longest(work->box);
    return NULL;
}

int main(void)
{
    struct lfi_error why;
    struct scanbox *box;
    if (scanbox_open(&box, NULL, &why)) {
        fprintf(stderr, "callbacks: %s\n", why.message);
        return 1;
    }
    struct work work[2] = {{.box = box, .text = "a box has no doors"},
                           {.box = box, .text = "sandboxed libraries call back"}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, run, &work[i]))
            return 1;
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        printf("%zu words, the last is '%s', the longest has %zu letters\n", work[i].found,
               work[i].last, work[i].longest);
    }
    scanbox_free(box);
    return 0;
}
