# 16 A scan is cut off or damaged on its way
Why: a file that the window cannot open sends the citizen home for another signature.
Must hold: a case goes only when each file it carries is whole and is the file of its name; a transfer that broke off goes on where it stood; nobody but the window of the case gets the file.

when branch A sends 3 pieces of the file deed
then the answer is a receipt
and the broker holds 3 pieces of the file deed of branch A
when branch A hands in unit-1 as early with the file deed
then the answer is a refusal for MATERIAL_MISSING

when a checkpoint is written
and the broker is killed and starts again
then the broker holds 3 pieces of the file deed of branch A
when branch A leaves out a piece of the file deed
then the answer is a refusal for MATERIAL_ORDER
when branch A sends 1 pieces of the file deed
then the answer is a receipt
when window-1 comes and takes 8 at a time
and branch A hands in unit-1 as first with the file deed
then the answer is a receipt
and window-1 got first

when branch B hands in unit-2 as foreign with the file deed
then the answer is a refusal for MATERIAL_MISSING
when branch A hands in unit-3 as second with the file deed
then the answer is a receipt

when window-1 asks for piece 4 of the file deed of first
then the piece goes to window-1
when window-2 comes and takes 8 at a time
and window-2 asks for piece 4 of the file deed of first
then the answer is a refusal for NOT_YOURS
when window-1 asks for piece 1 of the file other of first
then the answer is a refusal for NOT_FOUND
and the journal gives the same rows again

shown by tests/system/test_material.py::test_one_wrong_bit_in_a_piece_is_refused
shown by tests/system/test_material.py::test_a_whole_that_is_not_what_its_name_says_is_refused_and_begins_anew
shown by tests/system/test_material.py::test_what_the_counter_can_see_of_a_file_the_counter_says
shown by tests/system/test_material.py::test_a_large_scan_goes_on_after_the_broker_was_killed
shown by tests/branch/test_scan.c::sees_that_the_end_of_a_file_is_missing
shown by tests/branch/test_scan.c::sees_any_wrong_bit_of_a_png
