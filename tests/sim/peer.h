#ifndef ONEVISIT_TESTS_SIM_PEER_H
#define ONEVISIT_TESTS_SIM_PEER_H

#include "tests/sim/oracle.h"
#include "tests/sim/street.h"

/* Somebody at the other end of the street: a branch, a window or an operator,
 * written from docs/protocol.md. What it owes lies in its outbox and survives
 * its crashes, like its book of events or its inbox; the session does not. */
struct owed {
    struct owed *next;
    uint8_t id[16];
    enum message_type type;
    char case_id[CASE_ID_SIZE + 1]; /* "" for none */
    uint8_t digest[32];
    struct bytes body;  /* owned */
    struct bytes chunk; /* owned; data NULL for none */
    int64_t expires_us; /* 0 for none */
    int64_t due_us;     /* sent (again) then */
    uint32_t attempt;
    uint32_t number; /* of the application, for a CASE_SUBMIT */
    uint32_t file;   /* a MATERIAL_CHUNK: of which file (materials.c), where it begins, */
    uint32_t offset;
    uint32_t round; /* and the how manyth time that file is sent */
    bool is_forged; /* it speaks for somebody else: it must be refused */
};

struct peer {
    char name[PARTICIPANT_SIZE_MAX + 1];
    char key[41];
    unsigned role;
    uint32_t index; /* among all peers */
    uint32_t place; /* among those of its role */

    /* on disk */
    struct owed *owes;
    struct receipt receipt; /* the last one; its bytes stand below */
    uint8_t chain[32], mac[32];
    int64_t clock_off_us;
    union {
        struct bank *bank;
        struct registry_sim *registry;
        struct desk *desk;
    };

    /* gone with a crash */
    uint32_t line; /* 0 for none */
    bool has_session;
    int64_t connect_us;
    int64_t hello_us;
    int64_t heard_us;
    int64_t beat_us;
    uint8_t told[16]; /* id of the last message that nobody keeps */
    int64_t wake_us;  /* the wake-up that is planned */
    bool is_away;     /* it stays away until the world calls it back */
    int64_t back_us;
};

/* Peers of all roles, made from the options; the world owns them. */
void peers_make(void);
void peers_drop(void);
const char *peer_name(uint32_t index);
/* For whatever is decoded; reset by the next decoding. */
struct arena *peer_arena(void);

void peer_wake(struct peer *peer);
void peer_wake_at(struct peer *peer, int64_t at_us);
void peer_takes(struct peer *peer, uint32_t line, const struct parcel *parcel);
void peer_crash(struct peer *peer);
void peer_leave(struct peer *peer, int64_t until_us);

/* Puts a message into the outbox, and sends it when there is a session. */
struct owed *peer_owe(struct peer *peer, enum message_type type, const char *case_id, const void *body,
                      struct bytes chunk);
/* Sends a message nobody keeps. `answers` may be NULL. */
void peer_tell(struct peer *peer, enum message_type type, struct text case_id, const uint8_t *answers,
               const void *body);
void peer_nonsense(struct peer *peer);
bool peers_owe_nothing(void);
/* What the peer still owes under this id; NULL for nothing. */
struct owed *owed_of(struct peer *peer, struct bytes id);
void owed_done(struct peer *peer, struct owed *done);

/* ---- what a role does (bank.c, registry.c, desk.c) ---- */
void bank_make(struct peer *peer);
void bank_drop(struct peer *peer);
void bank_wake(struct peer *peer);
void bank_hello(struct peer *peer, struct hello *hello);
/* `chunks`: the window's message, and the certificate's file where there is one; data NULL for none. */
void bank_takes_event(struct peer *peer, const struct envelope *envelope, struct bytes body,
                      const struct bytes chunks[2]);
void bank_receipt(struct peer *peer, const struct owed *owed, const struct receipt *receipt);
void bank_rejected(struct peer *peer, const struct owed *owed, struct text code);
int64_t bank_next_us(const struct peer *peer);
bool bank_is_done(const struct peer *peer);

void registry_make(struct peer *peer);
void registry_drop(struct peer *peer);
void registry_wake(struct peer *peer);
void registry_takes(struct peer *peer, const struct envelope *envelope, const struct case_deliver *deliver,
                    struct bytes origin);
int64_t registry_next_us(const struct peer *peer);

void desk_make(struct peer *peer);
void desk_drop(struct peer *peer);
void desk_wake(struct peer *peer);
void desk_takes(struct peer *peer, const struct case_list *list);
int64_t desk_next_us(const struct peer *peer);

/* ---- what applications are made of ---- */
/* W:370102 ...; a unit of it as 28 characters. */
const char *window_name(uint32_t window);
const char *window_code_before(uint32_t window); /* 370181: a district that is merged into its district */
void unit_name(uint32_t window, uint32_t unit, char out[UNIT_NUMBER_SIZE + 1]);
/* The valid application every branch starts from, decoded once. */
const struct case_submit *application_example(void);

#endif
