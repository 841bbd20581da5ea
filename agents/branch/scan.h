#ifndef ONEVISIT_AGENTS_BRANCH_SCAN_H
#define ONEVISIT_AGENTS_BRANCH_SCAN_H

#include <stdbool.h>

#include "schemas/text.h"

/* Looks into a scanned file, down to its last byte, while the citizen is still
 * at the counter: what kind of file it is by its own bytes (never by its name),
 * whether all of it decodes, how many pages it has.
 *
 *   PDF   libqpdf reads the structure and decodes every stream; a warning counts as damage
 *   JPEG  libjpeg decodes every line; a warning, as of a file that ends too early, counts as damage
 *   PNG   libpng decodes every line and holds each chunk against its checksum */

enum { SCAN_PIXELS_MAX = 200000000 }; /* of one image: a small file may claim to be a huge picture */

enum scan_flaw {
    SCAN_GOOD,
    SCAN_KIND,    /* neither PDF nor JPEG nor PNG */
    SCAN_DAMAGED, /* it does not decode to its end, or is locked with a password */
};

struct scan {
    enum scan_flaw flaw;
    const char *mime; /* NULL for SCAN_KIND */
    long pages;       /* of a good file; an image is one page */
};

void scan_look(struct bytes file, struct scan *out);

#endif
