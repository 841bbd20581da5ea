#ifndef ONEVISIT_SCHEMAS_RISK_H
#define ONEVISIT_SCHEMAS_RISK_H

#include <stddef.h>

#include "schemas/text.h"

/* How long an alert on a property stands against disbursing, as
 * dictionaries/risk.csv says of each kind of alert. */
enum risk_blocks {
    RISK_BLOCKS_NEVER,       /* it only informs */
    RISK_BLOCKS_UNTIL_READ,  /* until a named person has read it */
    RISK_BLOCKS_UNTIL_ENDED, /* until its end is told */
};

/* A kind nobody knows blocks longest. */
enum risk_blocks risk_blocks(struct text risk);

/* "查封 seizure"; the code alone where nobody knows it. */
void risk_show(struct text risk, char *out, size_t size);

#endif
