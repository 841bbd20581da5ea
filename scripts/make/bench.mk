# Benchmarks: measured, never timed tests.
BENCH_SOURCES := $(wildcard tests/bench/*.c)

$(BUILD)/tests/bench: $(patsubst %.c,$(BUILD)/obj/%.o,$(BENCH_SOURCES)) $(call archives,shell keep client store core schemas)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: bench
bench: programs $(BUILD)/tests/bench ## the broker beside a bare ZeroMQ and RocksDB loop, in turn, with ratios
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd

.PHONY: bench-flood
bench-flood: programs $(BUILD)/tests/bench ## what the counters of others feel while one branch loads its bulk
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd flood

.PHONY: bench-scale
bench-scale: programs $(BUILD)/tests/bench ## what all others feel of a flood, a dead window, 3,000 reconnects, slow readers; memory and start with a million open cases
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd scale
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd backlog 10000
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd backlog 1000000
