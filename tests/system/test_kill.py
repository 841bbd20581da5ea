"""kill -9 of each process in the middle of a run: nothing lost, nothing doubled."""
import unittest

from base import ALL_PASS, BANK, SystemTest

COUNT = 30


class KillTest(SystemTest):
    def run_with_kill(self, name):
        """Kills and starts again as soon as the first cases are certified, and once more later."""
        self.start_all()
        self.submit(self.forms(COUNT))
        for certified in (3, COUNT // 2):
            self.wait_until_some_certified(certified)
            self.house.processes[name].kill()
            self.house.processes[name].start()
        self.wait_until_ended(COUNT)
        self.assert_both_sides_agree(COUNT)

    def test_of_the_broker_loses_and_doubles_nothing(self):
        self.run_with_kill("broker")

    def test_of_the_branch_agent_loses_and_doubles_nothing(self):
        self.run_with_kill(BANK.participant)

    def test_of_the_window_agent_loses_and_doubles_nothing(self):
        self.run_with_kill("window")

    def test_of_all_three_at_once_loses_and_doubles_nothing(self):
        self.start_all()
        self.submit(self.forms(COUNT))
        self.wait_until_some_certified(3)
        for process in self.house.processes.values():
            process.kill()
        for process in self.house.processes.values():
            process.start()
        self.wait_until_ended(COUNT)
        self.assert_both_sides_agree(COUNT)

    def test_while_the_broker_is_away_the_branch_takes_applications(self):
        self.start_all()
        self.house.processes["broker"].kill()
        self.submit(self.forms(6))
        self.assertEqual(self.book().waiting(), 6)
        self.house.processes["broker"].start()
        self.wait_until_ended(6)
        self.assert_both_sides_agree(6)

    def test_while_the_windows_are_away_cases_wait_and_keep_their_order(self):
        self.start_broker()
        self.start_branch()
        forms = self.forms(1)
        forms += [{**forms[0], "dyhth": f"DY-2026-SAME-{number:02}"} for number in range(4)]
        self.submit(forms)
        book = self.book()
        self.wait(lambda: book.waiting() == 0, "all stored at the broker")
        self.assertEqual(book.last_states(), {})
        self.start_windows(*ALL_PASS)
        self.wait_until_ended(len(forms))
        self.assert_both_sides_agree(len(forms))
        self.assertEqual(self.contracts_in_order(), [form["dyhth"] for form in forms])

    def contracts_in_order(self):
        from registry import RegistryBook
        registry = RegistryBook(self.house.path("window"))
        self.addCleanup(registry.close)
        orders = set(map(tuple, registry.order_of_units().values()))
        self.assertEqual(len(orders), 1)
        return list(orders.pop())


if __name__ == "__main__":
    unittest.main()
