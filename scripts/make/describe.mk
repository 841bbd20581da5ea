.PHONY: describe
describe: $(BUILD)/bin/describe ## write docs/messages.md, docs/lifecycle.md, docs/single-visit.md, docs/schemas and tests/vectors anew
	@$(BUILD)/bin/describe .
