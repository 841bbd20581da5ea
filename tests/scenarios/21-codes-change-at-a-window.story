# 21 The codes change at a window
Why: a mortgage is 37 in the newer list and 23 in the older one; whoever reads one as the other reads silently wrong.
Must hold: what a window's rules translate goes there and comes back the same; a value that nobody listed is refused, never guessed.

shown by tests/window/program_codes.c::go_to_each_window_as_it_calls_them_and_come_back_the_same
shown by tests/window/program_codes.c::that_the_window_does_not_have_are_held_for_a_person_and_never_sent
shown by tests/window/program_codes.c::of_the_house_that_the_window_lacks_are_held_before_the_registry_is_called
shown by tests/window/program_codes.c::change_at_a_window_in_the_middle_of_a_case
shown by tests/system/test_codes.py::test_each_window_hears_its_own_codes_and_the_bank_those_of_the_house
shown by tests/system/test_codes.py::test_a_code_that_is_missing_waits_for_a_person_who_mends_the_file
shown by tests/codes/test_translation.c::of_a_mortgage_is_37_here_and_23_there
shown by tests/codes/test_translation.c::comes_back_as_it_went_for_every_row
shown by tests/codes/test_translation.c::refuses_what_nobody_listed
shown by tests/core/test_rules.c::the_version_stands_on_the_case_that_was_filed_under_it
