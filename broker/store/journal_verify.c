#include "broker/store/journal_state.h"
#include "broker/store/why.h"

struct verification {
    struct journal_reader *reader;
    uint64_t next;             /* the record looked at, or to be looked at */
    bool has_before;           /* `chain` is the one of record next - 1 */
    uint8_t chain[CHAIN_SIZE]; /* zeros before record 1 */
    enum status status;
    char *why;
};

static bool verify_record(uint64_t sequence, struct bytes record, void *context)
{
    struct verification *verification = context;
    struct journal_entry entry;
    verification->status = journal_parse(verification->reader, sequence, record, &entry, verification->why);
    if (verification->status != STATUS_OK)
        return false;
    if (verification->has_before && memcmp(entry.previous, verification->chain, CHAIN_SIZE) != 0) {
        why_set(verification->why, "record %llu does not follow the one before it: one of the two was altered",
                (unsigned long long)sequence);
        verification->status = STATUS_CORRUPT;
        return false;
    }
    memcpy(verification->chain, entry.chain, CHAIN_SIZE);
    verification->has_before = true;
    verification->next = sequence + 1;
    return true;
}

enum status journal_verify(struct journal_reader *reader, uint64_t sequence, uint64_t *bad, char *why)
{
    struct verification verification = {.reader = reader, .why = why};
    verification.next = sequence > 0 ? sequence : 1;
    verification.has_before = verification.next == 1;
    enum status status = store_each_record(reader->journal->store, sequence, verify_record, &verification, why);
    *bad = verification.next;
    return status == STATUS_OK ? verification.status : status;
}
