# 29 Somebody looks up a property out of curiosity
Why: the register says who owns what and who owes whom; a question that belongs to no mortgage is a breach of privacy.
Must hold: a question without a purpose is refused at the door; each names one property; no case stands on a question nobody asked.

shown by tests/system/test_title.py::test_a_question_without_a_purpose_is_refused
shown by tests/system/test_title.py::test_nobody_stands_on_a_query_that_does_not_exist
shown by tests/core/test_title.c::a_question_names_a_unit_or_a_certificate
shown by tests/core/test_title.c::a_case_stands_on_no_answer_of_another_branch_and_on_none_that_never_came
