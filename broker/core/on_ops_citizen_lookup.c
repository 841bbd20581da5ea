#include "broker/core/handler.h"
#include "broker/core/lookup_rate.h"

/* That it is journaled is all: what it finds is read by the question that names it. */
void on_ops_citizen_lookup(struct turn *turn)
{
    lookup_rate_count(turn);
}
