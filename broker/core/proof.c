#include "broker/core/proof.h"

bool proof_is_same(struct text a, struct text b)
{
    char normal_a[CERTIFICATE_NUMBER_SIZE_MAX];
    char normal_b[CERTIFICATE_NUMBER_SIZE_MAX];
    if (text_equal(a, b))
        return true;
    return certificate_number_normalise(a, normal_a) && certificate_number_normalise(b, normal_b) &&
           text_is(text_of(normal_a), normal_b);
}
