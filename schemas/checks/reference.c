#include "schemas/checks/reference.h"

/* Eats `prefix` from the left of `rest`. */
static bool eat(struct text *rest, const char *prefix)
{
    uint32_t size = (uint32_t)strlen(prefix);
    if (rest->size < size || memcmp(rest->data, prefix, size) != 0)
        return false;
    rest->data += size;
    rest->size -= size;
    return true;
}

/* An index as JSON paths write it: no sign, no leading zero, at most three digits. */
static bool eat_index(struct text *rest, uint32_t *out)
{
    uint32_t count = 0;
    *out = 0;
    while (count < 3 && count < rest->size && rest->data[count] >= '0' && rest->data[count] <= '9')
        *out = *out * 10 + (uint32_t)(rest->data[count++] - '0');
    if (count == 0 || (count > 1 && rest->data[0] == '0'))
        return false;
    rest->data += count;
    rest->size -= count;
    return true;
}

bool reference_parse(struct text text, struct reference *out)
{
    struct text rest = text;
    *out = (struct reference){REFERENCE_MORTGAGEE, 0, false};
    bool is_mortgagor = eat(&rest, "mortgagors/");
    if (is_mortgagor || eat(&rest, "sellers/")) {
        out->role = is_mortgagor ? REFERENCE_MORTGAGOR : REFERENCE_SELLER;
        if (!eat_index(&rest, &out->index))
            return false;
    } else if (!eat(&rest, "mortgagee")) {
        return false;
    }
    out->is_agent = rest.size > 0 && eat(&rest, "/agent");
    return rest.size == 0;
}
