#ifndef ONEVISIT_BROKER_CORE_INDEX_H
#define ONEVISIT_BROKER_CORE_INDEX_H

#include "broker/core/state.h"

/* By what an operator finds a case: one small row for each value of it, written
 * when the value becomes known and never read by the core. The key alone says
 * all (kind, value, record of the CASE_SUBMIT, case id), so nothing has to be
 * read to write one, and the newest case of a value is the last of its rows.
 *
 * The index begins with the first start of a program that keeps it, which its
 * FACT_OPENED says: rows are a function of the journal, also of one that an
 * older program began. A person stands in it by a keyed hash, never in clear. */

/* From this record on cases are indexed. */
void index_begin(struct turn *turn);
/* Nothing where the index has not begun. */
void index_put(struct core *core, const struct case_file *file, enum index_kind kind, struct bytes value);
void index_certificate(struct core *core, const struct case_file *file, struct text certificate);
/* All that a CASE_SUBMIT says. */
void index_application(struct turn *turn, const struct case_file *file);

/* The value of a certificate: canonical, or as it is where it is no such number. */
struct bytes index_value_of_certificate(struct text certificate, char memory[CERTIFICATE_NUMBER_SIZE_MAX]);
/* The value of a unit: its lane, which a changed district code leaves as it is. */
struct bytes index_value_of_unit(struct text unit, char memory[UNIT_NUMBER_SIZE + 1]);

#endif
