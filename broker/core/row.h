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
 *   'o' case id                 (empty): the case is open, so it is loaded at start
 *   'd' participant 0 mid(16)   duplicate_row: sequence and digest of the message
 *   'k' business key(32)        business_row: the case that is open under it
 *   'y' window 0 ywh            number_row: the case that has this 业务号
 *   'f' branch 0 number(be64)   feed_row
 * Participants hold no zero byte, so keys do not run into each other. */
enum { ROW_VERSION = 1, ROW_KEY_SIZE_MAX = 96, ROW_NEEDS_MAX = 8 };

struct row_key {
    uint8_t bytes[ROW_KEY_SIZE_MAX];
    uint8_t size;
};

struct row_keys {
    struct row_key items[ROW_NEEDS_MAX];
    uint32_t count;
};

#define RECORDS_FILE "broker/core/rows.def"
#define RECORDS_EXPAND_STRUCTS
#include "schemas/records_expand.h"

struct row_key row_key_meta(void);
struct row_key row_key_participant(struct text key);
struct row_key row_key_window(struct text window);
struct row_key row_key_branch(struct text branch);
struct row_key row_key_case(struct text case_id);
struct row_key row_key_open(struct text case_id);
struct row_key row_key_duplicate(struct text participant, const uint8_t message_id[16]);
struct row_key row_key_business(const uint8_t business_key[32]);
struct row_key row_key_number(struct text window, struct text number);
struct row_key row_key_feed(struct text branch, uint64_t number);

#endif
