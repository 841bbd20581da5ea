# The simulator: the whole daemon on a simulated disk, street and clock. Its own objects come before the archives, so
# that its door, store, clock and log take the place of the real ones.
SEED ?= 1
RUNS ?= 100
SIM_SOURCES := $(wildcard tests/sim/*.c)

$(BUILD)/tests/sim: $(patsubst %.c,$(BUILD)/obj/%.o,$(SIM_SOURCES)) $(call archives,shell keep window client core store schemas)
	@mkdir -p $(@D)
	@$(SAY) program $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: sim sim-ci mutants
sim: $(BUILD)/tests/sim ## simulate the house with RUNS (100) seeds from SEED (1) on
	@$(BUILD)/tests/sim --seed=$(SEED) --runs=$(RUNS)

# What CI runs: a fixed set of seeds and fresh ones, under ASan and UBSan.
SIM_CI_RUNS ?= 40
SIM_CI_SECONDS ?= 25
sim-ci: $(SETUP_TEST)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan ASAN=1 $(BUILD)/asan/tests/sim
	@$(BUILD)/asan/tests/sim --seed=1 --runs=$(SIM_CI_RUNS)
	@$(BUILD)/asan/tests/sim --seed=$$(date +%s) --time=$(SIM_CI_SECONDS)

mutants: $(SETUP_TEST) ## plant the faults of tests/mutants one at a time; who catches them? ONLY=word for some (an hour for all)
	@$(PYTHON) scripts/mutants --build $(BUILD) $(if $(ONLY),--only "$(ONLY)")
