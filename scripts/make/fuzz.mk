# libFuzzer targets over everything that reads bytes from outside. They need
# clang and are built apart from the rest, in $(BUILD)/fuzz.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_FLAGS := -O1 -g -std=c17 $(WARNINGS) -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(call sources,$(schemas_DIRS) $(core_DIRS) $(store_DIRS)))

$(BUILD)/fuzz/obj/%.o: %.c | $(GENERATED) $(SETUP_TEST)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS)
	$(FUZZ_CC) $(FUZZ_FLAGS) -o $@ $^ $(LIBS)

.SECONDARY: $(FUZZ_OBJECTS) $(patsubst %,$(BUILD)/fuzz/obj/tests/fuzz/fuzz_%.o,$(FUZZ_NAMES))

# The seeds are only read: what a run finds goes to the build folder.
$(BUILD)/bin/seeds: $(BUILD)/obj/tests/fuzz/seeds.o $(BUILD)/lib/libschemas.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lmsgpackc -ljansson

.PHONY: fuzz fuzz-build fuzz-seeds
fuzz-build: $(patsubst %,$(BUILD)/fuzz/fuzz_%,$(FUZZ_NAMES)) ## build the fuzzers (clang)

fuzz: fuzz-build ## run each fuzzer for FUZZ_SECONDS (20) on its seeds
	@for name in $(FUZZ_NAMES); do \
	    mkdir -p $(BUILD)/fuzz/found/$$name || exit 1; \
	    echo "fuzz $$name, $(FUZZ_SECONDS) s"; \
	    $(BUILD)/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=5 -rss_limit_mb=1024 \
	        -verbosity=0 -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/$$name- \
	        $(BUILD)/fuzz/found/$$name tests/fuzz/corpus/$$name || exit 1; \
	done

fuzz-seeds: $(BUILD)/bin/seeds ## write tests/fuzz/corpus anew from the examples
	@$(BUILD)/bin/seeds tests/fuzz/corpus

-include $(shell [ -d $(BUILD)/fuzz/obj ] && find $(BUILD)/fuzz/obj -name '*.d')
