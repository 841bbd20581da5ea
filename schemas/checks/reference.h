#ifndef ONEVISIT_SCHEMAS_CHECKS_REFERENCE_H
#define ONEVISIT_SCHEMAS_CHECKS_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* A party named by its path: mortgagors/0, mortgagors/0/agent, sellers/0,
 * sellers/0/agent, mortgagee, mortgagee/agent. */

enum reference_role { REFERENCE_MORTGAGOR, REFERENCE_SELLER, REFERENCE_MORTGAGEE };

struct reference {
    enum reference_role role;
    uint32_t index; /* of the mortgagor or seller */
    bool is_agent;
};

/* The form alone; whether there is such a party says the application. */
bool reference_parse(struct text text, struct reference *out);

#endif
