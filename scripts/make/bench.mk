# Benchmarks: measured, never timed tests.
BENCH_SOURCES := $(wildcard tests/bench/*.c)

$(BUILD)/tests/bench: $(patsubst %.c,$(BUILD)/obj/%.o,$(BENCH_SOURCES)) $(call archives,client store core schemas)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: bench
bench: programs $(BUILD)/tests/bench ## the broker beside a bare ZeroMQ and RocksDB loop, in turn, with ratios
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd

.PHONY: bench-flood
bench-flood: programs $(BUILD)/tests/bench ## what the counters of others feel while one branch loads its bulk
	@$(BUILD)/tests/bench $(BUILD)/bin/onevisitd flood
