#ifndef ONEVISIT_BROKER_CORE_UNMASK_H
#define ONEVISIT_BROKER_CORE_UNMASK_H

#include <stdint.h>

/* An export in clear takes two operators (DOMAIN 6.9): the first one's word waits a day for the second one's, which
 * must name the same scope and the same minutes. */
#define UNMASK_MINUTE_US   (INT64_C(60) * 1000000)
#define UNMASK_PROPOSAL_US (INT64_C(24) * 3600 * 1000000)

#endif
