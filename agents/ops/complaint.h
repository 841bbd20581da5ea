#ifndef ONEVISIT_AGENTS_OPS_COMPLAINT_H
#define ONEVISIT_AGENTS_OPS_COMPLAINT_H

/* "onevisit: <sentence>" and a line end to standard error. Control characters
 * become '?', for the sentence may hold what somebody else wrote. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
