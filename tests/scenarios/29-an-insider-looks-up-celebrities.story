# 29 An insider looks up celebrities
Why: the register says who owns what and who owes whom; a question that belongs to no mortgage is a breach of privacy.
Must hold: each question names a purpose, a consent and one property, or is refused at the door and reaches no window; each that is taken is journaled; unusually many are told to operations and hold nobody up; nobody stands on what another was told.

when window-1 offers title queries
and branch A asks for the title of unit-1 for mortgage without a consent
then the question is refused at the door for its consent
and the question goes nowhere

when branch A asks for the title of unit-1 without a purpose under C-1
then the question is refused at the door for its purpose
and the question goes nowhere

when branch A asks for the title of unit-1 for curiosity under C-1
then the question is refused at the door for its purpose
and the question goes nowhere

when branch A asks for a title of nothing for mortgage under C-1
then the answer is a refusal for BAD_BODY
and the question goes nowhere
and the journal holds 0 questions of branch A

when branch A asks for the title of unit-1 for mortgage under C-1
then the answer is a receipt
and the question goes to window-1
and the journal holds 1 questions of branch A

when window-1 answers the question with match
and branch B submits unit-1 as foreign on that title
then foreign stands on no title
when branch A submits unit-2 as first on that title
then first stands on that title

when branch A asks for 39 titles within the hour
then operations are not alarmed about branch A
when branch A asks for 1 titles within the hour
then operations are alarmed about branch A
and operations are not alarmed about branch B
when branch A asks for 60 titles within the hour
then operations were alarmed 1 times
and the journal holds 101 questions of branch A

when 2 hours pass
and branch A asks for 40 titles within the hour
then operations were alarmed 1 times
when branch A asks for 1 titles within the hour
then operations were alarmed 2 times
and the journal gives the same rows again
when the broker is killed and starts again
then operations are alarmed about branch A
when 30 hours pass
then operations are not alarmed about branch A

shown by tests/system/test_title.py::test_a_question_without_a_purpose_is_refused
shown by tests/system/test_title.py::test_a_question_without_a_consent_is_refused
shown by tests/system/test_title.py::test_a_branch_that_asks_too_often_is_told_to_operations
