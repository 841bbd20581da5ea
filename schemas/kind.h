#ifndef ONEVISIT_SCHEMAS_KIND_H
#define ONEVISIT_SCHEMAS_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* The kinds of registration and what each asks for (DOMAIN 1.4, 6.8), embedded
 * from dictionaries/kinds.csv. Lists inside a row are words with one blank
 * between them. */

struct case_submit;

struct kind {
    const char *code;
    const char *chinese;
    const char *english;
    bool is_taken;            /* by this version */
    const char *registration; /* DJLX: what the book calls it */
    const char *methods;      /* DYFS values allowed, one character each */
    bool needs_certificate;   /* every unit carries a bdcqzh; else one is unusual */
    const char *fields;       /* fields that only some kinds have: mandatory here */
    const char *optional;     /* and those that may stand here */
    const char *materials;    /* besides SQS, ID, XWBL, SQWT */
    bool is_alone;            /* the mortgagee may file alone */
    bool is_between_banks;    /* the old and the new mortgagee file, not the owners */
    bool starts_recently;     /* warn when the term began more than a year ago */
    const char *estates;      /* DYBDCLX values it takes, one character each; * for any */
    const char *parcels;      /* letters at position 14 of its units; * for any */
    bool is_of_companies;     /* nobody else can mortgage such a thing */
    const char *parts;        /* of a combined registration, in legal order; "" for one of its own */
};

/* NULL where nobody knows the code. */
const struct kind *kind_find(struct text code);
/* The row that holds for this application: M08 covers two shapes, M10b four, told apart by their fields. */
const struct kind *kind_shape(const struct kind *kind, const struct case_submit *application);
/* DJLX of a part of a combined registration, "transfer" or another; NULL where nobody knows it. */
const char *part_registration(struct text part);
/* The kind, if this version takes it; else NULL. */
const struct kind *kind_taken(struct text code);
/* "M01 M04 M05 ..." */
const char *kinds_taken(char *out, uint32_t size);

/* Does a list of single characters hold this one? A star holds any. */
bool letters_hold(const char *letters, char letter);
/* Walks the words of a list: the next word is written to `word`; false at the end. */
bool word_next(const char **list, struct text *word);
bool words_hold(const char *list, struct text word);

#endif
