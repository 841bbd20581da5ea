#include "broker/core/heap.h"

#include <stdlib.h>

#include "broker/core/memory.h"

void heap_fini(struct heap *heap)
{
    free(heap->items);
    *heap = (struct heap){0};
}

static void heap_set(struct heap *heap, uint32_t index, struct heap_node *node)
{
    heap->items[index] = node;
    node->place = index + 1;
}

static void heap_rise(struct heap *heap, struct heap_node *node)
{
    uint32_t index = node->place - 1;
    while (index > 0) {
        uint32_t parent = (index - 1) / 2;
        if (heap->items[parent]->rank <= node->rank)
            break;
        heap_set(heap, index, heap->items[parent]);
        index = parent;
    }
    heap_set(heap, index, node);
}

static void heap_sink(struct heap *heap, struct heap_node *node)
{
    uint32_t index = node->place - 1;
    for (;;) {
        uint32_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->items[child + 1]->rank < heap->items[child]->rank)
            child++;
        if (heap->items[child]->rank >= node->rank)
            break;
        heap_set(heap, index, heap->items[child]);
        index = child;
    }
    heap_set(heap, index, node);
}

void heap_put(struct heap *heap, struct heap_node *node, uint64_t rank)
{
    if (node->place == 0) {
        if (heap->count == heap->capacity) {
            heap->capacity = heap->capacity != 0 ? heap->capacity * 2 : 8;
            heap->items = memory_grow(heap->items, heap->capacity * sizeof *heap->items);
        }
        heap_set(heap, heap->count++, node);
    }
    node->rank = rank;
    heap_rise(heap, node);
    heap_sink(heap, node);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    if (node->place == 0)
        return;
    uint32_t index = node->place - 1;
    struct heap_node *last = heap->items[--heap->count];
    node->place = 0;
    if (last == node)
        return;
    heap_set(heap, index, last);
    heap_rise(heap, last);
    heap_sink(heap, last);
}

void *heap_first(const struct heap *heap)
{
    return heap->count != 0 ? heap->items[0]->owner : NULL;
}

bool heap_is_sound(const struct heap *heap)
{
    for (uint32_t i = 0; i < heap->count; i++)
        if (heap->items[i]->place != i + 1 || (i > 0 && heap->items[(i - 1) / 2]->rank > heap->items[i]->rank))
            return false;
    return true;
}
