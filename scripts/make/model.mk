# Models of what is hard to see in code, checked exhaustively within the bounds they name (spin).
MODELS := $(patsubst tests/model/%.pml,%,$(wildcard tests/model/*.pml))
MODEL_BOUNDS ?= -DLOSSES=3 -DDEATHS=2

.PHONY: model
model: $(SETUP_TEST) ## check the models of tests/model exhaustively with spin
	@mkdir -p $(BUILD)/model
	@for name in $(MODELS); do scripts/model $(BUILD)/model $$name "$(MODEL_BOUNDS)" || exit 1; done
