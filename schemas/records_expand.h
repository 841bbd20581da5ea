/* Expands a file of record rows, twice, without a guard:
 *
 *   #define RECORDS_FILE "schemas/messages.def"
 *   #define RECORDS_EXPAND_STRUCTS        in the header: the structs
 *   #include "schemas/records_expand.h"
 *
 *   #define RECORDS_FILE "schemas/messages.def"
 *   #define RECORDS_EXPAND_TABLES         in one .c: the tables record_<name>
 *   #include "schemas/records_expand.h"
 *
 * Rows:
 *   RECORD(name, "sentence")
 *   FIELD(name, TYPE, member, "key", REQUIRED|OPTIONAL, minimum, maximum, REF, "sentence")
 *   END(name)
 * REF is the rule of a TEXT or TEXTS (FREE, or a row of rules.def), the record
 * of a RECORD or RECORDS, and NONE for the rest. */

#define MEMBER_TEXT(member, ref)    struct text member;
#define MEMBER_INTEGER(member, ref) struct number member;
#define MEMBER_FEN(member, ref)     struct number member;
#define MEMBER_TIME(member, ref)    struct number member;
#define MEMBER_BOOLEAN(member, ref) struct number member;
#define MEMBER_BYTES(member, ref)   struct bytes member;
#define MEMBER_TEXTS(member, ref)   struct text_list member;
#define MEMBER_RECORD(member, ref)  struct ref member;
#define MEMBER_RECORDS(member, ref) struct ref##_list member;

#define REF_TEXT(ref)    RULE_##ref, NULL
#define REF_INTEGER(ref) RULE_FREE, NULL
#define REF_FEN(ref)     RULE_FREE, NULL
#define REF_TIME(ref)    RULE_FREE, NULL
#define REF_BOOLEAN(ref) RULE_FREE, NULL
#define REF_BYTES(ref)   RULE_FREE, NULL
#define REF_TEXTS(ref)   RULE_##ref, NULL
#define REF_RECORD(ref)  RULE_FREE, &record_##ref
#define REF_RECORDS(ref) RULE_FREE, &record_##ref

#define NEED_REQUIRED true
#define NEED_OPTIONAL false

#ifdef RECORDS_EXPAND_STRUCTS
#define MESSAGE(name, record, senders, scope, keep, sentence)
#define RECORD(name, sentence)                                                struct name {
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence) MEMBER_##type(member, ref)
#define END(name)                                                                                                      \
    bool is_present;                                                                                                   \
    }                                                                                                                  \
    ;                                                                                                                  \
    struct name##_list {                                                                                               \
        struct name *items;                                                                                            \
        uint32_t count;                                                                                                \
        bool is_present;                                                                                               \
    };                                                                                                                 \
    extern const struct record record_##name;
#include RECORDS_FILE
#undef RECORD
#undef FIELD
#undef END
#undef MESSAGE
#endif

#ifdef RECORDS_EXPAND_TABLES
#define MESSAGE(name, record, senders, scope, keep, sentence)
#define RECORD(name, sentence)                                                                                         \
    static const char sentence_of_##name[] = sentence;                                                                 \
    static const struct field fields_of_##name[] = {
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence)                                          \
    {key,     #member, FIELD_##type, NEED_##need, minimum, maximum, REF_##type(ref), offsetof(struct name, member),    \
     sentence},
#define END(name)                                                                                                      \
    }                                                                                                                  \
    ;                                                                                                                  \
    const struct record record_##name = {#name,                                                                        \
                                         fields_of_##name,                                                             \
                                         sizeof fields_of_##name / sizeof fields_of_##name[0],                         \
                                         sizeof(struct name),                                                          \
                                         offsetof(struct name, is_present),                                            \
                                         sentence_of_##name};
#include RECORDS_FILE
#undef RECORD
#undef FIELD
#undef END
#undef MESSAGE
#endif

#undef RECORDS_FILE
#undef RECORDS_EXPAND_STRUCTS
#undef RECORDS_EXPAND_TABLES
#undef MEMBER_TEXT
#undef MEMBER_INTEGER
#undef MEMBER_FEN
#undef MEMBER_TIME
#undef MEMBER_BOOLEAN
#undef MEMBER_BYTES
#undef MEMBER_TEXTS
#undef MEMBER_RECORD
#undef MEMBER_RECORDS
#undef REF_TEXT
#undef REF_INTEGER
#undef REF_FEN
#undef REF_TIME
#undef REF_BOOLEAN
#undef REF_BYTES
#undef REF_TEXTS
#undef REF_RECORD
#undef REF_RECORDS
#undef NEED_REQUIRED
#undef NEED_OPTIONAL
