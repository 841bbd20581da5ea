#include "broker/core/handler.h"

/* No difference, and no word of equality either: the advice to disburse stays out. */
void on_fact_echo_unknown(struct turn *turn)
{
    case_flag(turn->file, CASE_ECHO_UNKNOWN);
}
