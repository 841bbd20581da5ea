# 30 Two brokers at once
Why: a broker that was only paused comes back beside the one that took over; both would give receipts, and the order on a unit would split.
Must hold: whoever met the new one gets no acknowledgement from the old one; the old one stops as soon as it is shown the new; nothing is doubled.

shown by tests/system/test_two_brokers.py::test_a_paused_broker_that_comes_back_acknowledges_nothing
shown by tests/system/test_two_brokers.py::test_a_branch_that_only_said_hello_to_the_new_one_gets_nothing_from_the_old_one
shown by tests/system/test_two_brokers.py::test_a_window_that_met_the_new_one_stops_the_old_one_for_all
shown by tests/system/test_two_brokers.py::test_a_case_on_its_way_is_booked_once
shown by tests/system/test_two_brokers.py::test_two_starts_of_one_number_do_not_share_a_branch
shown by tests/shell/test_loss.c::a_receipt_of_the_old_one_that_the_copy_lacks_is_a_loss_also_after_a_take_over
shown by tests/client/fence.c::refuses_an_older_start_of_the_same_folder_and_says_both_epochs
shown by tests/core/test_load.c::a_broker_that_takes_over_from_a_copy_gives_none_of_its_case_ids
