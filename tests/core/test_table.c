#include <criterion/criterion.h>
#include <stdlib.h>

#include "broker/core/heap.h"
#include "broker/core/list.h"
#include "broker/core/table.h"

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

Test(table, finds_what_was_put_and_only_that_through_many_changes)
{
    enum { KEY_COUNT = 500 };
    static uint32_t keys[KEY_COUNT];
    bool is_in[KEY_COUNT] = {false};
    struct table table = {0};
    uint32_t random = 1;
    for (uint32_t i = 0; i < KEY_COUNT; i++)
        keys[i] = i;
    for (int step = 0; step < 20000; step++) {
        uint32_t i = next_random(&random) % KEY_COUNT;
        struct bytes key = bytes_of(&keys[i], sizeof keys[i]);
        cr_assert_eq(table_find(&table, key) == &keys[i], is_in[i]);
        if (is_in[i])
            table_remove(&table, key);
        else
            table_put(&table, key, &keys[i]);
        is_in[i] = !is_in[i];
    }
    uint32_t cursor = 0, count = 0;
    while (table_next(&table, &cursor) != NULL)
        count++;
    cr_expect_eq(count, table.count);
    for (uint32_t i = 0; i < KEY_COUNT; i++)
        cr_expect_eq(table_find(&table, bytes_of(&keys[i], sizeof keys[i])) != NULL, is_in[i]);
    table_fini(&table);
}

Test(heap, gives_the_smallest_first_through_many_changes)
{
    enum { NODE_COUNT = 200 };
    struct heap_node nodes[NODE_COUNT] = {0};
    struct heap heap = {0};
    uint32_t random = 7;
    for (uint32_t i = 0; i < NODE_COUNT; i++)
        nodes[i].owner = &nodes[i];
    for (int step = 0; step < 5000; step++) {
        struct heap_node *node = &nodes[next_random(&random) % NODE_COUNT];
        if (next_random(&random) % 3 == 0)
            heap_remove(&heap, node);
        else
            heap_put(&heap, node, next_random(&random) % 100);
        cr_assert(heap_is_sound(&heap));
    }
    uint64_t last = 0;
    for (struct heap_node *node; (node = heap_first(&heap)) != NULL;) {
        cr_expect_geq(node->rank, last);
        last = node->rank;
        heap_remove(&heap, node);
    }
    heap_fini(&heap);
}

Test(table, what_is_not_in_it_cannot_be_removed)
{
    static const char keys[] = "ab";
    struct table table = {0};
    table_remove(&table, bytes_of(&keys[0], 1));
    table_put(&table, bytes_of(&keys[0], 1), (void *)(uintptr_t)&keys[0]);
    table_remove(&table, bytes_of(&keys[1], 1));
    cr_expect_eq(table.count, 1);
    cr_expect_eq(table_find(&table, bytes_of(&keys[0], 1)), &keys[0]);
    table_fini(&table);
}

Test(heap, that_is_out_of_order_or_misplaced_is_not_sound)
{
    struct heap_node nodes[3] = {0};
    struct heap heap = {0};
    for (uint64_t i = 0; i < 3; i++)
        heap_put(&heap, &nodes[i], i);
    nodes[2].place = 2;
    cr_expect_not(heap_is_sound(&heap));
    nodes[2].place = 3;
    nodes[0].rank = 7;
    cr_expect_not(heap_is_sound(&heap));
    nodes[0].rank = 0;
    cr_expect(heap_is_sound(&heap));
    heap_fini(&heap);
}

Test(list, a_node_that_is_in_a_list_stays_where_it_is)
{
    struct list list = {0};
    struct list_node first = {.owner = &first}, second = {.owner = &second};
    list_append(&list, &first);
    list_append(&list, &second);
    list_append(&list, &first);
    list_insert_after(&list, NULL, &second);
    cr_expect_eq(list_take(&list), &first);
    cr_expect_eq(list_take(&list), &second);
    cr_expect_null(list_take(&list));
}
