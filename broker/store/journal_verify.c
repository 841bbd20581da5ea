#include "broker/store/journal_state.h"
#include "broker/store/why.h"

struct verification {
    struct journal_reader *reader;
    journal_take *take; /* NULL: nobody wants to see them */
    void *context;
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
    return verification->take == NULL || verification->take(&entry, verification->context);
}

enum status journal_walk(struct journal_reader *reader, uint64_t sequence, journal_take *take, void *context,
                         uint64_t *bad, char *why)
{
    struct verification verification = {.reader = reader, .take = take, .context = context, .why = why};
    verification.next = sequence > 0 ? sequence : 1;
    verification.has_before = verification.next == 1;
    enum status status = store_each_record(reader->journal->store, sequence, verify_record, &verification, why);
    *bad = verification.next;
    return status == STATUS_OK ? verification.status : status;
}

enum status journal_verify(struct journal_reader *reader, uint64_t sequence, uint64_t *bad, char *why)
{
    return journal_walk(reader, sequence, NULL, NULL, bad, why);
}
