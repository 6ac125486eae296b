# Each target sets up what it needs first; nothing has to be installed before. `make setup` alone says what that is.
export VIGIL_CACHE ?= /var/cache/vigil
export PATH := $(VIGIL_CACHE)/bin:$(PATH)

.PHONY: setup demo test check bench bench-check soak clean

setup: ## prepare this machine and this checkout
	@toolchain/setup.sh

demo: setup ## two virtual hosts, their stacks, and requests through the service's address
	@cli/vigil demo

test: export VIGIL_TEST_BEGAN_S := $(shell date +%s)
test: setup ## everything that must be green before a change lands
	@toolchain/setup.sh --only schemathesis
	@npm run test:all

check: setup ## types, style and unit tests
	@npm run check

bench: setup ## every fault as often as its promise was made for, in a lab of its own, and the failure budget from it
	@toolchain/setup.sh --only tofu
	@npm run bench

bench-check: setup ## whether the committed results keep every promise
	@npm run bench:check

soak: setup ## the long runs behind the published figures
	@toolchain/setup.sh --only tofu
	@npm run soak

clean: ## remove what set-up wrote into this checkout; the cache stays
	rm -rf node_modules sdks
