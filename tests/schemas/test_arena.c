#include "schemas/arena.h"

#include <criterion/criterion.h>
#include <string.h>

Test(arena, gives_zeroed_memory_aligned_for_any_type)
{
    uint8_t memory[256];
    memset(memory, 0xee, sizeof memory);
    for (size_t shift = 0; shift < 16; shift++) {
        struct arena arena = arena_over(memory + shift, 128);
        uint8_t *first = arena_take(&arena, 3);
        uint8_t *second = arena_take(&arena, 40);
        cr_assert(first != NULL && second != NULL);
        cr_assert_eq((uintptr_t)first % alignof(max_align_t), 0);
        cr_assert_eq((uintptr_t)second % alignof(max_align_t), 0);
        cr_assert(second >= first + 3);
        for (size_t i = 0; i < 40; i++)
            cr_assert_eq(second[i], 0);
        memset(memory, 0xee, sizeof memory);
    }
}

Test(arena, answers_null_when_full_and_stays_usable)
{
    alignas(max_align_t) uint8_t memory[64];
    struct arena arena = arena_over(memory, sizeof memory);
    cr_assert(arena_take(&arena, 65) == NULL);
    cr_assert(arena_take(&arena, SIZE_MAX) == NULL);
    cr_assert(arena_take(&arena, 64) != NULL);
    cr_assert(arena_take(&arena, 1) == NULL);
    arena_reset(&arena);
    cr_assert(arena_take(&arena, 64) == memory);
}

Test(arena, of_no_memory_gives_none)
{
    struct arena arena = arena_over(NULL, 0);
    cr_assert(arena_take(&arena, 1) == NULL);
}
