# Shortcuts; `make` lists them.
.PHONY: help verify test it format run image bench faults ship release lint clients pages docs
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

verify: ## format check, compile, all tests: what CI runs
	./mvnw -B verify

test: ## one unit test: make test TEST=BackoffTest
	./mvnw -B -q test -Dtest=$(TEST) -Dsurefire.failIfNoSpecifiedTests=false

it: ## one integration test: make it IT=ClaimFaultsIT
	./mvnw -B -q verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=$(IT)

format: ## format the code
	./mvnw -B -q spotless:apply

run: ## start a node and a Redis
	./run

image: ## build the container image
	docker build -f Dockerfile.jlink -t task-scheduler .

bench: ## measure against a reference and other schedulers
	src/bench/measure

faults: ## kill and cut off leaders, and check every promise
	src/faults/check-promises

ship: ## build the image and try it on a container engine
	src/ship/try-image

release: ## make the distribution zip, the spi jars, the bill of materials, their checksums and the image
	src/ship/release

lint: ## lint the API document with Redocly and Spectral
	src/ship/lint-api

clients: ## generate clients, compile them and run the examples of README through them
	src/ship/try-clients

pages: ## test the dashboard in a real browser
	src/browser/run

docs: ## run the commands of README and of the quickstart as they stand there
	src/ship/run-docs
