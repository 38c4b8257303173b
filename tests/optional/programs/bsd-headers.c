// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each kind of list and of tree, with removal on the way.
#include <stdio.h>
#include <stdlib.h>
#include <sys/cdefs.h>
#include <sys/queue.h>
#include <sys/tree.h>

__BEGIN_DECLS
struct item {
    int value;
    LIST_ENTRY(item) list;
    SLIST_ENTRY(item) slist;
    STAILQ_ENTRY(item) stailq;
    SIMPLEQ_ENTRY(item) simpleq;
    TAILQ_ENTRY(item) tailq;
    RB_ENTRY(item) rb;
    SPLAY_ENTRY(item) splay;
};
__END_DECLS

static int compare(const struct item *a, const struct item *b)
{
    return a->value - b->value;
}

LIST_HEAD(list, item) list = LIST_HEAD_INITIALIZER(list);
SLIST_HEAD(slist, item) slist = SLIST_HEAD_INITIALIZER(slist);
STAILQ_HEAD(stailq, item) stailq = STAILQ_HEAD_INITIALIZER(stailq);
SIMPLEQ_HEAD(simpleq, item) simpleq = SIMPLEQ_HEAD_INITIALIZER(simpleq);
TAILQ_HEAD(tailq, item) tailq = TAILQ_HEAD_INITIALIZER(tailq);
RB_HEAD(rb, item) rb = RB_INITIALIZER(&rb);
SPLAY_HEAD(splay, item) splay = SPLAY_INITIALIZER(&splay);
RB_PROTOTYPE_STATIC(rb, item, rb, compare)
RB_GENERATE_STATIC(rb, item, rb, compare)
SPLAY_PROTOTYPE(splay, item, splay, compare)
SPLAY_GENERATE(splay, item, splay, compare)

int main(void)
{
    enum { COUNT = 10 };
    struct item items[COUNT];
    for (int i = 0; i < COUNT; i++) {
        items[i].value = i * 7 % COUNT;
        LIST_INSERT_HEAD(&list, &items[i], list);
        SLIST_INSERT_HEAD(&slist, &items[i], slist);
        STAILQ_INSERT_TAIL(&stailq, &items[i], stailq);
        SIMPLEQ_INSERT_TAIL(&simpleq, &items[i], simpleq);
        TAILQ_INSERT_TAIL(&tailq, &items[i], tailq);
        RB_INSERT(rb, &rb, &items[i]);
        SPLAY_INSERT(splay, &splay, &items[i]);
    }
    struct item *item;
    struct item *next;
    LIST_FOREACH_SAFE(item, &list, list, next) if (item->value % 2) LIST_REMOVE(item, list);
    SLIST_FOREACH_SAFE(item, &slist, slist, next)
    if (item->value % 2)
        SLIST_REMOVE(&slist, item, item, slist);
    STAILQ_FOREACH_SAFE(item, &stailq, stailq, next)
    if (item->value % 2)
        STAILQ_REMOVE(&stailq, item, item, stailq);
    TAILQ_FOREACH_SAFE(item, &tailq, tailq, next)
    if (item->value % 2)
        TAILQ_REMOVE(&tailq, item, tailq);
    printf("LIST  ");
    LIST_FOREACH(item, &list, list) printf(" %d", item->value);
    printf("\nSLIST ");
    SLIST_FOREACH(item, &slist, slist) printf(" %d", item->value);
    printf("\nSTAILQ");
    STAILQ_FOREACH(item, &stailq, stailq) printf(" %d", item->value);
    printf("\nSIMPLEQ");
    SIMPLEQ_REMOVE_HEAD(&simpleq, simpleq);
    SIMPLEQ_FOREACH(item, &simpleq, simpleq) printf(" %d", item->value);
    printf("\nTAILQ ");
    TAILQ_FOREACH(item, &tailq, tailq) printf(" %d", item->value);
    printf("\nback  ");
    TAILQ_FOREACH_REVERSE(item, &tailq, tailq, tailq) printf(" %d", item->value);

    struct item key = {.value = 4};
    RB_REMOVE(rb, &rb, RB_FIND(rb, &rb, &key));
    SPLAY_REMOVE(splay, &splay, SPLAY_FIND(splay, &splay, &key));
    printf("\nRB    ");
    RB_FOREACH(item, rb, &rb) printf(" %d", item->value);
    printf("\nSPLAY ");
    SPLAY_FOREACH(item, splay, &splay) printf(" %d", item->value);
    printf("\nnext of 4: %d, no 4: %d\n", RB_NFIND(rb, &rb, &key)->value,
           RB_FIND(rb, &rb, &key) == NULL);
    return 0;
}
