#include "broker/core/handler.h"
#include "broker/core/proof.h"
#include "broker/core/word.h"

void on_cert_issued(struct turn *turn)
{
    const struct cert_issued *issued = turn->event->body;
    struct case_file *file = turn->file;
    bool is_other = file->row.proof.data != NULL && !proof_is_same(file->row.proof, issued->proof);
    struct word word = {.event = LIFE_CERT_ISSUED, .number = issued->number, .is_impossible = is_other};
    if (!word_counts(word_take(turn, &word)))
        return;
    file->row.certified_here = number_of(turn->event->time_us);
    if (file->row.proof.data == NULL)
        case_set_proof(file, issued->proof);
    file->row.certified_sequence = number_of((int64_t)turn->event->sequence);
    proof_keep(turn->core, file);
}
