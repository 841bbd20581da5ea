# OneVisit. `make help` lists the words; CI runs the same words.
BUILD ?= build
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell getconf _NPROCESSORS_ONLN)
endif
VERSION := 0.1.0

# One short line a step; V=1 shows the commands.
Q := $(if $(V),,@)
SAY := $(if $(V),:,echo " ")

ifeq ($(origin CC),default)
CC := gcc
endif
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
ROOMS := schemas core store keep shell client branch window ops
schemas_DIRS := schemas schemas/checks
core_DIRS    := broker/core
store_DIRS   := broker/store
keep_DIRS    := broker/keep
shell_DIRS   := broker broker/ops
client_DIRS  := agents/client
branch_DIRS  := agents/branch
window_DIRS  := agents/window
ops_DIRS     := agents/ops

# ---- programs: a main() and the rooms it links ----
PROGRAMS := onevisitd onevisit-branch onevisit-window onevisit
onevisitd_MAIN        := broker/main.c
onevisit-branch_MAIN  := agents/branch/main.c
onevisit-window_MAIN  := agents/window/main.c
onevisit_MAIN         := agents/ops/main.c
onevisitd_ROOMS       := shell keep store core schemas
onevisit-branch_ROOMS := branch client schemas
onevisit-window_ROOMS := window client store schemas
onevisit_ROOMS        := ops client keep store core schemas

LIBS := -lzmq -lmsgpackc -lrocksdb -ljansson -lsqlite3 -lconfig -lcrypto -lpthread

# Reading scanned files is the branch's alone.
room_libs = $(if $(filter branch,$(1)),-lqpdf -ljpeg -lpng)

# Programs of their own stay out of the libraries.
DESCRIBE := $(wildcard schemas/describe*.c)
MAINS := $(foreach program,$(PROGRAMS),$($(program)_MAIN)) $(DESCRIBE)
sources = $(filter-out $(MAINS),$(foreach dir,$(1),$(wildcard $(dir)/*.c)))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(call sources,$(1)))
archives = $(foreach room,$(1),$(if $(call sources,$($(room)_DIRS)),$(BUILD)/lib/lib$(room).a))

.PHONY: all programs
all: programs ## build the programs into build/bin

include scripts/make/setup.mk

# ---- data files become tables (schemas/dictionaries -> build/gen) ----
GENERATED := $(patsubst schemas/dictionaries/%.csv,$(BUILD)/gen/%.inc,$(wildcard schemas/dictionaries/*.csv))
$(GENERATED): $(BUILD)/gen/%.inc: schemas/dictionaries/%.csv scripts/csv-to-c.awk | $(SETUP_BUILD)
	@mkdir -p $(@D)
	@$(SAY) table $<
	$(Q)awk -f scripts/csv-to-c.awk $< > $@.new && mv $@.new $@

$(BUILD)/obj/%.o: %.c | $(GENERATED) $(SETUP_BUILD)
	@mkdir -p $(@D)
	@$(SAY) cc $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

define room_rule
$(BUILD)/lib/lib$(1).a: $$(call objects,$$($(1)_DIRS))
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

define program_rule
$(BUILD)/bin/$(1): $(patsubst %.c,$$(BUILD)/obj/%.o,$($(1)_MAIN)) $$(call archives,$$($(1)_ROOMS))
	@mkdir -p $$(@D)
	@$$(SAY) program $$@
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(call room_libs,$$($(1)_ROOMS))
endef
$(foreach program,$(PROGRAMS),$(eval $(call program_rule,$(program))))

$(BUILD)/bin/describe: $(patsubst %.c,$(BUILD)/obj/%.o,$(DESCRIBE)) $(BUILD)/lib/libschemas.a
	@mkdir -p $(@D)
	@$(SAY) program $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

programs: $(foreach program,$(PROGRAMS),$(BUILD)/bin/$(program))

include scripts/make/test.mk
include scripts/make/words.mk
include scripts/make/describe.mk
include scripts/make/fuzz.mk
include scripts/make/bench.mk
include scripts/make/sim.mk
include scripts/make/rig.mk
include scripts/make/model.mk
include scripts/make/coverage.mk

-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')
