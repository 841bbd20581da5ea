#ifndef ONEVISIT_BROKER_CORE_ROW_H
#define ONEVISIT_BROKER_CORE_ROW_H

#include "schemas/message.h"

/* The durable rows: keys, and the records of rows.def (same interpreter as the
 * messages; the first byte of a stored value is ROW_VERSION, the map follows).
 *
 *   'm'                         meta_row: sequence, counters, seal
 *   'p' key(40)                 directory_row
 *   'w' window                  window_row
 *   'b' branch                  branch_row: last event number, last acknowledged
 *   'c' case id                 case_row
 *   'o' case id                 (no map): the case is open, so its row is loaded at start
 *   'd' participant 0 mid(16)   duplicate_row: sequence and digest of the message
 *   'k' business key(32)        business_row: the case that is open under it
 *   'y' window 0 ywh            number_row: the case that has this 业务号
 *   'f' branch 0 number(be64)   feed_row
 *   'g' branch 0 number(be64)   feed_row of the urgent feed
 *   'u' unit                    unit_row: what is under way or in force on it
 *   'z' window 0 proof          proof_row: the case that has this proof (normalised)
 *   't' query(be64)             title_row
 *   'h' branch 0 group          group_row
 *   'x' digest(32)              contract_row: open cases of (mortgagee USCC, kind, contract)
 *   'r' window                  fact_rules: the rules in force, as they were journaled
 *   'l'                         fact_calendar: the calendar in force
 *   's' day(10) case id         measure: what a case took (schemas/messages.def)
 *   'i' branch 0 sm3(32)        material_row: a file of the branch, whole or on its way
 *   'q' branch                  waiting_row: its files that no case names yet
 *   'j' case id sm3(32)         carried_row: the case carries this file of its branch
 *   'n' day(10) participant 0 other 0 kind 0 case id   recon_row: a booking in a book of the day
 *   'v' day(10) peer 0 case id  difference between two books (schemas/messages.def)
 *   'a' scope                   unmask_row: two operators' word that an export may show what is masked
 *   'e' day(10) peer            recon_run: the last comparison
 *   'I' kind value 0 sequence(be64) case id   (no map): the case filed in that record has this value, see index.h
 *   'O' operator                operator_row: how often it looks up persons
 * Participants hold no zero byte, so keys do not run into each other. */
enum { ROW_VERSION = 1, ROW_KEY_SIZE_MAX = 192, ROW_NEEDS_MAX = 16 + 200 };

/* Files of a branch that no case names yet: the oldest makes room, and is to be sent again if it is still wanted. */
enum { MATERIAL_WAITING_COUNT_MAX = 128 };

struct row_key {
    uint8_t bytes[ROW_KEY_SIZE_MAX];
    uint8_t size;
};

struct row_keys {
    struct row_key items[ROW_NEEDS_MAX];
    uint32_t count;
};

/* By what cases are found: the byte behind the 'I' of the key. */
enum index_kind {
    INDEX_BRANCH = 'b',
    INDEX_CERTIFICATE = 'q', /* canonical, index_certificate */
    INDEX_CITIZEN = 'i',     /* keyed hash of an id */
    INDEX_CONTRACT = 'x',
    INDEX_NUMBER = 'n',
    INDEX_UNIT = 'u', /* its lane */
    INDEX_WINDOW = 'w',
};
enum { INDEX_VALUE_SIZE_MAX = 140 };

/* Bits of case_row.flags. The first byte is told to others by these names; the
 * second is the core's own. */
enum case_flag {
    CASE_IN_DOUBT = 1 << 0,      /* a delivery was sent several times and never acknowledged */
    CASE_CONTRADICTION = 1 << 1, /* the window said what cannot be; stored, not applied */
    CASE_OUT_OF_ORDER = 1 << 2,  /* the window said things in another order than they can have happened */
    CASE_ECHO_DIFF = 1 << 3,     /* what was booked is not what was filed */
    CASE_RISK = 1 << 4,          /* an alert stands that blocks, or that nobody acknowledged */
    CASE_DECLARED_ONLY = 1 << 5, /* a material is declared, not carried */
    CASE_RANK_DIFF = 1 << 6,     /* the rank in the book is not the one filed; ECHO_DIFF stands too */
    CASE_DEEMED_CLAIM = 1 << 7,  /* nobody answered within a working day: 视为受理 may be claimed, never applied */
    CASE_FLAGS_TOLD = 0xff,
    CASE_PROOF_VERIFIED = 1 << 8, /* the branch checked the proof */
    CASE_SUSPENDED = 1 << 9,      /* layers over the state beneath, see schemas/lifecycle.h */
    CASE_WITHDRAWING = 1 << 10,
    CASE_PARKED = 1 << 11,
    CASE_MAY_DISBURSE = 1 << 12, /* as told to the branch last */
    CASE_ECHO_UNKNOWN =
        1 << 13, /* what was filed could not be read any more when it was booked: nothing was compared */
    CASE_FILED_AGAIN =
        1 << 14, /* after a loss, under the id it had: the window may know more of it than this journal */
};

#define RECORDS_FILE "broker/core/rows.def"
#define RECORDS_EXPAND_STRUCTS
#include "schemas/records_expand.h"

/* How the attempts of a parked case failed; of one parked before that was kept: without an answer. */
struct text row_park_class(const struct case_row *row);

struct row_key row_key_meta(void);
struct row_key row_key_participant(struct text key);
struct row_key row_key_window(struct text window);
struct row_key row_key_branch(struct text branch);
struct row_key row_key_case(struct text case_id);
struct row_key row_key_open(struct text case_id);
struct row_key row_key_duplicate(struct text participant, const uint8_t message_id[16]);
struct row_key row_key_business(const uint8_t business_key[32]);
struct row_key row_key_contract(const uint8_t contract_key[32]);
struct row_key row_key_number(struct text window, struct text number);
struct row_key row_key_group(struct text branch, struct text group);
struct row_key row_key_feed(struct text branch, uint64_t number);
struct row_key row_key_urgent(struct text branch, uint64_t number);
struct row_key row_key_unit(struct text unit);
/* However the proof is written. */
struct row_key row_key_proof(struct text window, struct text proof);
struct row_key row_key_rules(struct text window);
struct row_key row_key_calendar(void);
struct row_key row_key_title(uint64_t query);
struct row_key row_key_material(struct text branch, struct bytes file_digest);
struct row_key row_key_waiting(struct text branch);
struct row_key row_key_carried(struct text case_id, struct bytes file_digest);
struct row_key row_key_measure(struct text day, struct text case_id);
/* `other` is the window of a branch's booking, the branch of a window's; an empty one ends the key before it. */
struct row_key row_key_day(struct text day, struct text participant, struct text other, struct text kind,
                           struct text case_id);
/* Likewise an empty peer or case id. */
struct row_key row_key_difference(struct text day, struct text peer, struct text case_id);
struct row_key row_key_recon_run(struct text day, struct text peer);
struct row_key row_key_unmask(struct text scope);
struct row_key row_key_operator(struct text participant);
/* What all cases with this value begin with; a value beyond INDEX_VALUE_SIZE_MAX is cut. */
struct row_key row_key_indexed(enum index_kind kind, struct bytes value);
struct row_key row_key_index(enum index_kind kind, struct bytes value, uint64_t sequence, struct text case_id);

/* A value: ROW_VERSION, then the record's map. STATUS_LIMIT when it does not fit. */
MUST_CHECK enum status row_encode(const struct record *record, const void *in, uint8_t *buffer, size_t capacity,
                                  size_t *size);
/* STATUS_CORRUPT when it cannot be read, STATUS_NEWER when a newer version wrote it. `out` borrows from `value` and
 * `arena`. */
MUST_CHECK enum status row_decode(const struct record *record, struct bytes value, struct arena *arena, void *out,
                                  struct problems *problems);

#endif
