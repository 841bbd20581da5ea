# Branch coverage of the core: its suites, the scenarios and some seeds of the simulator, built with gcov.
COVERAGE_SUITES := core scenarios checks shell
COVERAGE_RUNS ?= 60

.PHONY: coverage
coverage: $(SETUP_TEST) ## branch coverage of broker/core by its suites, the scenarios and the simulator
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage CFLAGS="-O0 -g --coverage" LDFLAGS=--coverage \
	    $(COVERAGE_SUITES:%=$(BUILD)/coverage/tests/%) $(BUILD)/coverage/tests/sim
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@for suite in $(COVERAGE_SUITES); do $(BUILD)/coverage/tests/$$suite --quiet >/dev/null 2>&1 || exit 1; done
	@$(BUILD)/coverage/tests/sim --runs=$(COVERAGE_RUNS)
	@$(PYTHON) scripts/coverage $(BUILD)/coverage broker/core
