# The crash rig: real processes, killed, stopped, and a bad street between them; a fresh SEED where none is given.
LOOPS ?= 40

.PHONY: rig
rig: programs $(SETUP_TEST) ## hurt a house of real processes in LOOPS (40) rounds, and count; SEED=n for the same rounds again
	@$(PYTHON) tests/rig --build $(BUILD) --loops $(LOOPS) $(if $(filter file,$(origin SEED)),,--seed $(SEED))
