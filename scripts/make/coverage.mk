# Branch coverage of the core: the suites that link it and some seeds of the simulator, built with gcov (which comes
# with gcc). Fails for a branch that is neither taken nor explained in tests/coverage/explained.
COVERAGE_SUITES := core scenarios shell
COVERAGE_RUNS ?= 60

.PHONY: coverage
coverage: $(SETUP_TEST) ## branch coverage of broker/core by its suites and the simulator; what is never taken is explained
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage CFLAGS="-O0 -g --coverage" LDFLAGS=--coverage \
	    $(COVERAGE_SUITES:%=$(BUILD)/coverage/tests/%) $(BUILD)/coverage/tests/sim
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@for suite in $(COVERAGE_SUITES); do $(BUILD)/coverage/tests/$$suite || exit 1; done
	@$(BUILD)/coverage/tests/sim --runs=$(COVERAGE_RUNS)
	@$(PYTHON) scripts/coverage $(BUILD)/coverage broker/core tests/coverage/explained
