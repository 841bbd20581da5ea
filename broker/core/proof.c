#include "broker/core/proof.h"

#include "broker/core/index.h"

bool proof_is_same(struct text a, struct text b)
{
    char normal_a[CERTIFICATE_NUMBER_SIZE_MAX];
    char normal_b[CERTIFICATE_NUMBER_SIZE_MAX];
    if (text_equal(a, b))
        return true;
    return certificate_number_normalise(a, normal_a) && certificate_number_normalise(b, normal_b) &&
           text_is(text_of(normal_a), normal_b);
}

bool proof_find_case(const struct core *core, struct text window, struct text proof, char out[CASE_ID_SIZE + 1])
{
    uint8_t memory[64];
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key = row_key_proof(window, proof);
    struct proof_row row;
    if (!core_read(core, &key, &record_proof_row, &arena, &row))
        return false;
    memcpy(out, row.case_id.data, CASE_ID_SIZE);
    out[CASE_ID_SIZE] = '\0';
    return true;
}

void proof_keep(struct core *core, const struct case_file *file)
{
    char holder[CASE_ID_SIZE + 1];
    index_certificate(core, file, file->row.proof);
    if (proof_find_case(core, file->row.window, file->row.proof, holder))
        return;
    struct row_key key = row_key_proof(file->row.window, file->row.proof);
    struct proof_row row = {.case_id = file->row.case_id, .is_present = true};
    core_put(core, &key, &record_proof_row, &row);
}
