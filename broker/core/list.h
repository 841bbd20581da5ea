#ifndef ONEVISIT_BROKER_CORE_LIST_H
#define ONEVISIT_BROKER_CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A doubly linked list through nodes that live in what they stand for. A node
 * is in at most one list; `owner` is set once, by whoever owns the node. */
struct list_node {
    struct list_node *next;
    struct list_node *previous;
    void *owner;
    bool is_in;
};

struct list {
    struct list_node *first;
    struct list_node *last;
};

/* Does nothing for a node that is in a list. */
static inline void list_append(struct list *list, struct list_node *node)
{
    if (node->is_in)
        return;
    node->is_in = true;
    node->next = NULL;
    node->previous = list->last;
    if (list->last != NULL)
        list->last->next = node;
    else
        list->first = node;
    list->last = node;
}

/* Behind `before`, or as the first one where that is NULL. Does nothing for a node that is in a list. */
static inline void list_insert_after(struct list *list, struct list_node *before, struct list_node *node)
{
    if (node->is_in)
        return;
    node->is_in = true;
    node->previous = before;
    node->next = before != NULL ? before->next : list->first;
    if (node->next != NULL)
        node->next->previous = node;
    else
        list->last = node;
    if (before != NULL)
        before->next = node;
    else
        list->first = node;
}

/* Does nothing for a node that is in no list. */
static inline void list_remove(struct list *list, struct list_node *node)
{
    if (!node->is_in)
        return;
    if (node->previous != NULL)
        node->previous->next = node->next;
    else
        list->first = node->next;
    if (node->next != NULL)
        node->next->previous = node->previous;
    else
        list->last = node->previous;
    node->next = node->previous = NULL;
    node->is_in = false;
}

/* Takes the first one out and gives its owner; NULL from an empty list. */
static inline void *list_take(struct list *list)
{
    struct list_node *node = list->first;
    if (node == NULL)
        return NULL;
    list_remove(list, node);
    return node->owner;
}

#endif
