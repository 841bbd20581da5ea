# OneVisit. `make help` lists the words; CI runs the same words.
BUILD ?= build
VERSION := 0.1.0

CC ?= gcc
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Werror
CPPFLAGS += -I. -I$(BUILD)/gen -D_GNU_SOURCE -DONEVISIT_VERSION='"$(VERSION)"'
CFLAGS ?= -O2 -g
CFLAGS += -std=c17 $(WARNINGS) -fno-strict-aliasing -fstack-protector-strong
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
ifeq ($(ASAN),1)
CFLAGS += $(SANITIZE)
LDFLAGS += $(SANITIZE)
endif

# ---- rooms: every .c of a room goes into its library ----
ROOMS := schemas core store shell client
schemas_DIRS := schemas schemas/checks
core_DIRS    := broker/core
store_DIRS   := broker/store
shell_DIRS   := broker broker/ops
client_DIRS  := agents/client

PROGRAMS := onevisitd onevisit-branch onevisit-window onevisit
onevisitd_DIRS        :=
onevisit-branch_DIRS  := agents/branch
onevisit-window_DIRS  := agents/window
onevisit_DIRS         := agents/ops
onevisitd_ROOMS       := shell store core schemas
onevisit-branch_ROOMS := client schemas
onevisit-window_ROOMS := client schemas
onevisit_ROOMS        := client store core schemas

LIBS := -lzmq -lmsgpackc -lrocksdb -ljansson -lsqlite3 -lconfig -lcrypto -lpthread

# Files with a main() of their own stay out of the libraries.
MAINS := broker/main.c schemas/describe.c
sources = $(filter-out $(MAINS),$(foreach dir,$(1),$(wildcard $(dir)/*.c)))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
archives = $(foreach room,$(1),$(if $(call sources,$($(room)_DIRS)),$(BUILD)/lib/lib$(room).a))

.PHONY: all help clean programs
all: programs ## build the programs into build/bin

include $(wildcard scripts/make/*.mk)

# ---- data files become tables (schemas/dictionaries -> build/gen) ----
GENERATED := $(patsubst schemas/dictionaries/%.csv,$(BUILD)/gen/%.inc,$(wildcard schemas/dictionaries/*.csv))
$(BUILD)/gen/%.inc: schemas/dictionaries/%.csv scripts/csv-to-c.awk
	@mkdir -p $(@D)
	awk -f scripts/csv-to-c.awk $< > $@.new && mv $@.new $@

$(BUILD)/obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

define room_rule
$(BUILD)/lib/lib$(1).a: $$(call objects,$$($(1)_DIRS))
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

define program_rule
$(BUILD)/bin/$(1): $$(call objects,$$($(1)_DIRS)) $(if $(filter onevisitd,$(1)),$$(BUILD)/obj/broker/main.o) $$(call archives,$$($(1)_ROOMS))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach program,$(PROGRAMS),$(eval $(call program_rule,$(program))))

$(BUILD)/bin/describe: $(BUILD)/obj/schemas/describe.o $(BUILD)/lib/libschemas.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

programs: $(foreach program,$(PROGRAMS),$(BUILD)/bin/$(program))

# ---- tests: tests/<suite>/*.c with Criterion, one program a suite ----
# tests/<suite>/rooms names the rooms it links, e.g. "core schemas".
SUITES := $(patsubst tests/%/rooms,%,$(wildcard tests/*/rooms))
define suite_rule
$(BUILD)/tests/$(1): $$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard tests/$(1)/*.c)) $$(call archives,$$(shell cat tests/$(1)/rooms))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ -lcriterion $$(LIBS)
.PHONY: test-$(1)
test-$(1): $(BUILD)/tests/$(1)
	$(BUILD)/tests/$(1) $(CRITERION)
endef
$(foreach suite,$(SUITES),$(eval $(call suite_rule,$(suite))))

help: ## list these words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort | column -t -s "$$(printf '\t')"

clean: ## remove build/
	rm -rf $(BUILD)

-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')
