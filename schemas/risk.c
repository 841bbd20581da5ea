#include "schemas/risk.h"

#include <stddef.h>

static const struct risk_kind {
    const char *code;
    const char *blocks;
} risk_kinds[] = {
#define ROW(code, chinese, english, blocks) {code, blocks},
#include "risk.inc"
#undef ROW
};

enum risk_blocks risk_blocks(struct text risk)
{
    for (size_t i = 0; i < sizeof risk_kinds / sizeof risk_kinds[0]; i++) {
        if (!text_is(risk, risk_kinds[i].code))
            continue;
        if (text_is(text_of(risk_kinds[i].blocks), "never"))
            return RISK_BLOCKS_NEVER;
        return text_is(text_of(risk_kinds[i].blocks), "read") ? RISK_BLOCKS_UNTIL_READ : RISK_BLOCKS_UNTIL_ENDED;
    }
    return RISK_BLOCKS_UNTIL_ENDED;
}
