# build/bin/describe writes the reference pages from the tables. Its parts stay
# out of the schemas' library, which does no I/O.
DESCRIBE_PARTS := $(wildcard schemas/describe*.c)
DESCRIBE := $(patsubst %.c,$(BUILD)/obj/%.o,$(DESCRIBE_PARTS))
MAINS += $(DESCRIBE_PARTS)

.PHONY: describe
describe: $(BUILD)/bin/describe ## write docs/messages.md, docs/schemas and tests/vectors anew
	@$(BUILD)/bin/describe .
