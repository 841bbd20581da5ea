# tests/<suite>/*.c with Criterion, one program a suite; tests/<suite>/rooms
# names the rooms it links, e.g. "core schemas".
SUITES := $(patsubst tests/%/rooms,%,$(wildcard tests/*/rooms))

define suite_rule
$(BUILD)/tests/$(1): $$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard tests/$(1)/*.c)) $$(call archives,$$(shell cat tests/$(1)/rooms))
	@mkdir -p $$(@D)
	@$$(SAY) suite $$@
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ -lcriterion $$(LIBS) $$(call room_libs,$$(shell cat tests/$(1)/rooms))
$$(patsubst %.c,$(BUILD)/obj/%.o,$$(wildcard tests/$(1)/*.c)): | $(SETUP_TEST)
.PHONY: test-$(1)
test-$(1): $(BUILD)/tests/$(1)
	$(BUILD)/tests/$(1) $(CRITERION)
endef
$(foreach suite,$(SUITES),$(eval $(call suite_rule,$(suite))))

# This suite lets allocations of our own objects fail (tests/faults/test_failing_allocations.c).
$(BUILD)/tests/faults: private LDFLAGS += -Wl,--wrap=malloc -Wl,--wrap=calloc

.PHONY: suites test system test-system test-interop
suites: programs $(foreach suite,$(SUITES),$(BUILD)/tests/$(suite))

# One narrow build for the tests: everything under ASan and UBSan, in a folder of its own.
test: $(SETUP_TEST) ## unit suites, system and interop tests, all under ASan and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan ASAN=1 suites
	@$(PYTHON) scripts/run-tests --build $(BUILD)/asan --counts $(BUILD)/counts/test $(SUITES)

test-system test-interop: test-%: programs $(SETUP_TEST)
	@$(PYTHON) scripts/run-tests --build $(BUILD) $*

system: test-system ## the system tests, the crash rig among them, with the programs as they are built
