# Debian packages are looked at once per build folder, and again when the list changes.
PYTHON ?= /usr/bin/python3
SETUP_BUILD := $(BUILD)/.setup-build
SETUP_TEST := $(BUILD)/.setup-test

$(SETUP_BUILD) $(SETUP_TEST): $(BUILD)/.setup-%: scripts/setup
	@mkdir -p $(@D)
	@scripts/setup $*
	@touch $@

.PHONY: setup
setup: ## install what is missing from Debian's packages
	@scripts/setup test
