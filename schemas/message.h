#ifndef ONEVISIT_SCHEMAS_MESSAGE_H
#define ONEVISIT_SCHEMAS_MESSAGE_H

#include "schemas/record.h"

/* The catalogue: structs of all records and one row per message type, expanded
 * from messages.def. */

/* The longest lists there are; each is the maximum of its rows in messages.def. */
enum {
    HELLO_VERSION_COUNT_MAX = 8, /* protocol versions a HELLO names */
    HELLO_CAPABILITY_COUNT_MAX = 16,
    REJECT_FINDING_COUNT_MAX = 64, /* findings a REJECT shows */
    SIGNATURE_COUNT_MAX = 64,      /* parties who signed one paper */
    FACE_COUNT_MAX = 64,           /* face or ID verifications */
    UNIT_COUNT_MAX = 200,          /* units of a case */
    MORTGAGOR_COUNT_MAX = 50,      /* owners who mortgage */
    DEBTOR_COUNT_MAX = 50,
    ALTERATION_COUNT_MAX = 32, /* items a change of a mortgage alters */
    OTHER_MORTGAGEE_COUNT_MAX = 16,
    MATERIAL_COUNT_MAX = 64,        /* materials of an application or supplement */
    MATERIAL_SIZE_MAX = 1 << 25,    /* bytes of one file that is carried */
    REASON_COUNT_MAX = 32,          /* reasons of a window */
    SUPPLEMENT_ITEM_COUNT_MAX = 64, /* things one round asks for */
    CHANGE_COUNT_MAX = 64,          /* fields one supplement changes */
    PAPER_COUNT_MAX = 4,            /* special papers of one owner */
    CONTEST_COUNT_MAX = 64,         /* warnings one submission contests */
    PRECHECK_FINDING_COUNT_MAX = 256,
    TITLE_UNIT_COUNT_MAX = 16,   /* units one title result tells of */
    TITLE_STAND_COUNT_MAX = 32,  /* title results the units of one application stand on */
    TITLE_RATE_COUNT_MAX = 64,   /* branches named for asking too often */
    LOOKUP_RATE_COUNT_MAX = 64,  /* operators named for looking up too many */
    TITLE_BURDEN_COUNT_MAX = 16, /* mortgages, seizures ... of one of them */
    PART_COUNT_MAX = 4,          /* parts of a combined registration */
    FEE_ITEM_COUNT_MAX = 16,
    RISK_COUNT_MAX = 16, /* alerts a case remembers */
    EVIDENCE_COUNT_MAX = 16,
    GROUP_CASE_COUNT_MAX = 16,
    RULE_COUNT_MAX = 64, /* rows of one list of a rule file */
    RULE_DAY_COUNT_MAX = 128,
    RULE_TRANSLATION_COUNT_MAX = 512,
    CALENDAR_DAY_COUNT_MAX = 4096,
    DEFECT_COUNT_MAX = 16, /* reasons a case's measure remembers */
    MEASURE_COUNT_MAX = 500,
    RECON_GROUP_COUNT_MAX = 2048,     /* (window, bank, kind) of one participant and day */
    RECON_ROW_COUNT_MAX = 256,        /* bookings of one group on one page */
    RECON_FIELD_COUNT_MAX = 8,        /* fields two bookings can differ in */
    RECON_DIFFERENCE_COUNT_MAX = 100, /* differences one message tells, and one record of the journal keeps */
    RECON_LIST_COUNT_MAX = 200,
    FLAG_COUNT_MAX = 8,
    HISTORY_COUNT_MAX = 512,   /* steps a CASE_STATUS shows, the newest */
    CASE_LIST_COUNT_MAX = 500, /* cases on one page */
    CASE_FIND_COUNT_MAX = 100, /* cases of one answer to a search */
    WINDOW_LIST_COUNT_MAX = 1024,
    JOURNAL_LIST_COUNT_MAX = 500, /* records on one page */
    EXPORT_PAGE_COUNT_MAX = 256,  /* records on one page of an export */
    LINK_LIST_COUNT_MAX = 1024,
    DIRECTORY_ROW_COUNT_MAX = 4096, /* keys of a directory */
};

extern const struct record record_envelope;
#define RECORDS_FILE "schemas/messages.def"
#define RECORDS_EXPAND_STRUCTS
#include "schemas/records_expand.h"

enum {
    PROTOCOL_VERSION = 1,
    PRIORITY_BULK = 3,                /* `pri` of an application no citizen waits for */
    MESSAGE_SIZE_MAX = 1 << 20,       /* envelope and body together, bytes */
    MESSAGE_CHUNK_COUNT_MAX = 4,      /* chunk frames behind the body */
    MESSAGE_CHUNK_SIZE_MAX = 1 << 18, /* one chunk frame that a peer sends, bytes */
    MATERIAL_PIECE_COUNT_MAX = MATERIAL_SIZE_MAX / MESSAGE_CHUNK_SIZE_MAX,
    MESSAGE_ARENA_SIZE = 1 << 20, /* enough for the lists of any message of a peer, and of FACT_DIRECTORY */
};

#define RECORD(name, sentence)
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence)
#define END(name)
#define MESSAGE(name, record, senders, scope, keep, sentence) MESSAGE_##name,
enum message_type {
#include "schemas/messages.def"
    MESSAGE_COUNT
};
#undef RECORD
#undef FIELD
#undef END
#undef MESSAGE

enum message_role { ROLE_BRANCH = 1, ROLE_WINDOW = 2, ROLE_OPERATOR = 4, ROLE_BROKER = 8 };

enum message_keep {
    KEEP_STORED,   /* journaled before its RECEIPT */
    KEEP_LAZY,     /* journaled with the next commit, no RECEIPT */
    KEEP_VOLATILE, /* never journaled */
};

struct message_kind {
    const char *name; /* on the wire */
    const struct record *record;
    unsigned senders; /* bits of enum message_role */
    bool is_of_case;  /* the envelope must name the case */
    enum message_keep keep;
    const char *sentence;
};

/* Never NULL for a valid type. */
const struct message_kind *message_kind(enum message_type type);
/* MESSAGE_COUNT where nobody knows the name. */
enum message_type message_type_of(struct text name);
/* The role a participant name stands for ("B:..." branch); 0 for none. */
unsigned participant_role(struct text participant);

#endif
