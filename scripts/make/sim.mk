# The simulator: the whole daemon on a simulated disk, street and clock. Its own objects come before the archives, so
# that its door, store, clock and log take the place of the real ones.
SEED ?= 1
RUNS ?= 100
SIM_SOURCES := $(wildcard tests/sim/*.c)

$(BUILD)/tests/sim: $(patsubst %.c,$(BUILD)/obj/%.o,$(SIM_SOURCES)) $(call archives,shell window client core store schemas)
	@mkdir -p $(@D)
	@$(SAY) program $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: sim
sim: $(BUILD)/tests/sim ## simulate the house with RUNS (100) seeds from SEED (1) on
	@$(BUILD)/tests/sim --seed=$(SEED) --runs=$(RUNS)
