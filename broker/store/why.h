#ifndef ONEVISIT_BROKER_STORE_WHY_H
#define ONEVISIT_BROKER_STORE_WHY_H

/* The sentence that goes with a status: which file, and what is wrong with it.
 * `why` holds STORE_WHY_SIZE bytes; NULL where nobody wants to know. A sentence
 * too long is cut with "...". */
void why_set(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
