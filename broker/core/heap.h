#ifndef ONEVISIT_BROKER_CORE_HEAP_H
#define ONEVISIT_BROKER_CORE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

/* A binary heap of nodes that live in what they stand for: the smallest rank
 * first, equal ranks in no order. Used for the cases a window is to get (rank:
 * the sequence they were submitted at) and for timers (rank: when). */
struct heap_node {
    uint64_t rank;
    uint32_t place; /* index + 1; 0: in no heap */
    void *owner;    /* set once, by whoever owns the node */
};

struct heap {
    struct heap_node **items;
    uint32_t count;
    uint32_t capacity;
};

void heap_fini(struct heap *heap);
/* Puts the node in, or moves it when it is in this heap already. */
void heap_put(struct heap *heap, struct heap_node *node, uint64_t rank);
/* Does nothing for a node that is in no heap. */
void heap_remove(struct heap *heap, struct heap_node *node);
/* The owner of the first node, NULL from an empty heap. */
void *heap_first(const struct heap *heap);
bool heap_is_sound(const struct heap *heap);

#endif
