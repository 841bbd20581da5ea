#ifndef ONEVISIT_BROKER_CARRY_H
#define ONEVISIT_BROKER_CARRY_H

#include "broker/outlet.h"

/* What the three files of the outlet share: outlet.c packs parcels and knows
 * which effect becomes what; carry_record.c makes the messages that a journal
 * record stands for, the same bytes each time; carry_answer.c those that are
 * made of the rows as they are now. */

/* The slots of message_id_derive; slot 1 is the keeper's facts. */
enum {
    SLOT_RECEIPT = 2,
    SLOT_DELIVER = 3,
    SLOT_TITLE_ANSWER = 5,
    SLOT_EVENT = 0x4000,
    SLOT_EVENT_MASK = 0x3fff,
    SLOT_VOLATILE = 0x8000,
    SLOT_URGENT = 0xc000
};

struct outlet {
    struct outlet_settings settings;
    struct keeper *keeper; /* borrowed */
    struct peers *peers;   /* borrowed */
    struct door *door;     /* borrowed */
    struct arena arena;
    uint8_t *body;
    uint64_t volatile_count;    /* tells answers apart that no record stands for */
    struct refusal_words words; /* of the REJECT being made */
    struct receipt opening;     /* of the record of this start */
    uint8_t opening_chain[CHAIN_SIZE];
    uint8_t opening_mac[CHAIN_SIZE];
};

/* One message on its way: the body is encoded, the envelope is built around it. */
struct parcel {
    enum message_type type;
    const void *body;
    const uint8_t *message_id;
    struct text destination;
    struct text case_id;
    struct bytes answers;
    struct bytes answered_digest;
    struct number priority;
    uint16_t attempt;
    bool is_duplicate;
    int64_t time_us;
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
};

/* The receipt of a record, borrowing its chain and `mac` (CHAIN_SIZE), which is filled. */
struct receipt receipt_of(const struct outlet *outlet, uint64_t sequence, const struct journal_entry *entry,
                          uint8_t *mac);
/* An id of its own each time. */
void volatile_id(struct outlet *outlet, int64_t now_us, uint8_t out[MESSAGE_ID_SIZE]);
struct text optional_text(const char *string);
MUST_CHECK enum status parcel_send(struct outlet *outlet, struct peer *peer, const struct parcel *parcel);

MUST_CHECK enum status carry_receipt(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why);
MUST_CHECK enum status carry_delivery(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why);
MUST_CHECK enum status carry_title_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                       int64_t now_us, char *why);
MUST_CHECK enum status carry_title_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                          char *why);
MUST_CHECK enum status carry_feed(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why);
MUST_CHECK enum status carry_material(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why);
MUST_CHECK enum status carry_window_state(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                          int64_t now_us, char *why);
MUST_CHECK enum status carry_alarm(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                   int64_t now_us, char *why);
MUST_CHECK enum status carry_cert_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why);
MUST_CHECK enum status carry_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                    int64_t now_us, char *why);

#endif
