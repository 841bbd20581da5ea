#include <criterion/criterion.h>

#include "schemas/codes.h"

struct vector {
    const char *written;
    enum certificate_type wanted;
    enum code_problem problem;
};

static const struct vector vectors[] = {
    {"鲁（2026）济南市不动产权第0012345号", CERTIFICATE_TITLE, CODE_OK},
    {"鲁(2026)济南市不动产权第0012345号", CERTIFICATE_TITLE, CODE_OK},
    {"鲁（2026)济南市不动产权第0012345号", CERTIFICATE_TITLE, CODE_OK},
    {"鲁（２０２６）济南市不动产权第００１２３４５号", CERTIFICATE_TITLE, CODE_OK},
    {"鲁（2026）济南市不动产权第01012345678号", CERTIFICATE_TITLE, CODE_OK},
    {"鲁（2026）济南市不动产证明第0012345号", CERTIFICATE_PROOF, CODE_OK},
    {"鲁（2026）济南市不动产证明第0012345号", CERTIFICATE_TITLE, CODE_TYPE},
    {"鲁（2026）济南市不动产权第0012345号", CERTIFICATE_PROOF, CODE_TYPE},
    {"桂（2017）南宁市不动产证明第0208814号", CERTIFICATE_PROOF, CODE_PARTS},
    {"鲁（2026）济南市不动产权第012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）济南市不动产权第012345678901号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（26）济南市不动产权第0012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）不动产权第0012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）济南市不动产权第0012345", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）济南市不动产权第0012345号号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁2026济南市不动产权第0012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）济南市 不动产权第0012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"鲁（2026）济南市", CERTIFICATE_TITLE, CODE_FORMAT},
    {"济房权证历字第012345号", CERTIFICATE_TITLE, CODE_FORMAT},
    {"", CERTIFICATE_TITLE, CODE_FORMAT},
};

Test(codes_certificate, judges_every_number)
{
    for (size_t index = 0; index < sizeof vectors / sizeof vectors[0]; index++) {
        enum code_problem problem = certificate_number_check(text_of(vectors[index].written), vectors[index].wanted);
        cr_expect_eq(problem, vectors[index].problem, "row %zu %s: %s", index, vectors[index].written,
                     code_problem_name(problem));
    }
}

Test(codes_certificate, reads_the_parts_of_real_samples)
{
    struct certificate_number number;
    cr_assert_eq(certificate_number_parse(text_of("皖(2019)长丰县不动产证明第0010484号"), &number), CODE_OK);
    cr_expect(text_is(number.province, "皖"));
    cr_expect_eq(number.year, 2019);
    cr_expect(text_is(number.place, "长丰县"));
    cr_expect(text_is(number.serial, "0010484"));
    cr_expect_eq(number.type, CERTIFICATE_PROOF);
}

Test(codes_certificate, writes_both_widths_the_same_way)
{
    char full[CERTIFICATE_NUMBER_SIZE_MAX];
    char half[CERTIFICATE_NUMBER_SIZE_MAX];
    cr_assert(certificate_number_normalise(text_of("鲁（２０２６）济南市不动产权第００１２３４５号"), full));
    cr_assert(certificate_number_normalise(text_of("鲁(2026)济南市不动产权第0012345号"), half));
    cr_expect_str_eq(full, half);
    cr_expect_str_eq(full, "鲁（2026）济南市不动产权第0012345号");
    cr_expect_not(certificate_number_normalise(text_of("鲁(2026)"), half));
}
