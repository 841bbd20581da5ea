# agents/ops without its main() is a room too, so that tests/ops can link it.
ROOMS += ops
ops_DIRS := agents/ops
MAINS += agents/ops/main.c
onevisit_DIRS :=
onevisit_ROOMS := ops client store core schemas
$(BUILD)/bin/onevisit: $(BUILD)/obj/agents/ops/main.o
