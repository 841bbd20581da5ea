# The words of `make help` besides all, setup and test.
prefix ?= /usr/local
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
INSTALL ?= install

.PHONY: demo run tidy ci install clean help
demo: programs ## 136 windows, 16 branches, 1,360 applications; CRASH=1 kills the broker three times on the way
	@$(PYTHON) scripts/demo --build $(BUILD) $(if $(filter 1,$(CRASH)),--crash)

run: programs ## the same house, kept up until Ctrl-C
	@$(PYTHON) scripts/run --build $(BUILD)

tidy: $(SETUP_TEST) programs $(BUILD)/bin/describe ## format, clang-tidy, layering, generated pages
	@scripts/tidy $(BUILD)

ci: ## what CI runs: setup, test, sim, model, fuzz, tidy, demo CRASH=1
	@scripts/ci $(BUILD)

install: programs ## programs and man pages into $(DESTDIR)$(prefix)
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1
	$(INSTALL) -m 755 $(foreach program,$(PROGRAMS),$(BUILD)/bin/$(program)) $(DESTDIR)$(bindir)
	$(if $(wildcard docs/man/*.1),$(INSTALL) -m 644 $(wildcard docs/man/*.1) $(DESTDIR)$(mandir)/man1)
	$(if $(wildcard docs/man/*.8),$(INSTALL) -d $(DESTDIR)$(mandir)/man8 && \
	    $(INSTALL) -m 644 $(wildcard docs/man/*.8) $(DESTDIR)$(mandir)/man8)

clean: ## remove the build folder
	rm -rf $(BUILD)

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST) | LC_ALL=C sort
