.PHONY: describe
describe: $(BUILD)/bin/describe ## write docs/messages.md, docs/lifecycle.md, docs/schemas and tests/vectors anew
	@$(BUILD)/bin/describe .
