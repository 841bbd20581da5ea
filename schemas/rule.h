#ifndef ONEVISIT_SCHEMAS_RULE_H
#define ONEVISIT_SCHEMAS_RULE_H

#include <stdbool.h>

#include "schemas/dictionary.h"
#include "schemas/text.h"

/* Named rules a text field can be bound to in a .def row: a code with its
 * check, or a closed value list. rules.def: RULE(name, function, "English", "Chinese"). */
#define RULE(name, holds, english, chinese) RULE_##name,
enum rule {
#include "schemas/rules.def"
    RULE_COUNT
};
#undef RULE

bool rule_holds(enum rule rule, struct text value);
/* What the rule asks for, as "one of 1, 2" or "a date YYYY-MM-DD". */
const char *rule_english(enum rule rule);
const char *rule_chinese(enum rule rule);
/* The list whose codes the rule asks for; false where it is no list of codes. */
bool rule_dictionary(enum rule rule, enum dictionary *out);

#endif
