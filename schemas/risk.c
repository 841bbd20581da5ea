#include "schemas/risk.h"

#include <stdio.h>

static const struct risk_kind {
    const char *code;
    const char *chinese;
    const char *english;
    const char *blocks;
} risk_kinds[] = {
#define ROW(code, chinese, english, blocks) {code, chinese, english, blocks},
#include "risk.inc"
#undef ROW
};

static const struct risk_kind *risk_find(struct text risk)
{
    for (size_t i = 0; i < sizeof risk_kinds / sizeof risk_kinds[0]; i++)
        if (text_is(risk, risk_kinds[i].code))
            return &risk_kinds[i];
    return NULL;
}

enum risk_blocks risk_blocks(struct text risk)
{
    const struct risk_kind *kind = risk_find(risk);
    if (kind == NULL)
        return RISK_BLOCKS_UNTIL_ENDED;
    if (text_is(text_of(kind->blocks), "never"))
        return RISK_BLOCKS_NEVER;
    return text_is(text_of(kind->blocks), "read") ? RISK_BLOCKS_UNTIL_READ : RISK_BLOCKS_UNTIL_ENDED;
}

void risk_show(struct text risk, char *out, size_t size)
{
    const struct risk_kind *kind = risk_find(risk);
    if (kind == NULL)
        snprintf(out, size, "%.*s", TEXT_ARGS(risk));
    else
        snprintf(out, size, "%s %s", kind->chinese, kind->english);
}
