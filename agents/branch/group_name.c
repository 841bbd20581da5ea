#include "agents/branch/group_name.h"

enum status group_query_encode(const char *name, uint8_t out[GROUP_QUERY_SIZE_MAX], size_t *size)
{
    const struct group_query query = {.group = text_of(name), .is_present = true};
    return record_encode(&record_group_query, &query, out, GROUP_QUERY_SIZE_MAX, size);
}

bool group_name_judge(const char *name)
{
    uint8_t body[GROUP_QUERY_SIZE_MAX];
    uint8_t memory[128];
    struct arena arena = arena_over(memory, sizeof memory);
    struct group_query decoded;
    struct problems problems = {0};
    size_t size = 0;
    return group_query_encode(name, body, &size) == STATUS_OK &&
           record_decode(&record_group_query, bytes_of(body, size), &arena, &decoded, &problems) == STATUS_OK;
}
