# Everything a person or CI does with this repository. Needs Node, npm and make; the Java parts
# also want Java 17, Maven and a C compiler, which test/java/install brings where it can.
# All programs run through npm, so that they get the Node of node_modules whatever the system has.

STAMP := node_modules/.current

.DEFAULT_GOAL := help
.PHONY: help install up down test test-java test-kubernetes campaign check bench bench-smoke image

help: ## this text
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 — /p' $(MAKEFILE_LIST)

install: $(STAMP) ## the packages of package-lock.json, when they are not there yet

$(STAMP): package-lock.json
	@echo 'make: installing packages (npm ci)'
	@npm ci
	@touch $@

up: $(STAMP) ## a local cluster from examples/quickstart.yaml
	@bin/gantry up -f examples/quickstart.yaml

down: $(STAMP) ## stops that cluster; its data stays
	@bin/gantry down --name quickstart

test: $(STAMP) ## unit, architecture, integration and simulation tests
	@npm test

test-java: $(STAMP) ## against the real Java RocketMQ and its clients
	@test/java/install
	@npm run test:java

test-kubernetes: $(STAMP) ## the operator on a real Kubernetes (built at first: 8 to 20 minutes)
	@test/kubernetes/install
	@npm run image
	@npm run test:kubernetes-api
	@npm run test:kubernetes-nodes

campaign: $(STAMP) ## the operator killed at every call, every field changed (one to two hours)
	@test/kubernetes/install
	@npm run campaign

check: $(STAMP) ## everything a change must pass
	@npm run check
	@test/java/install
	@npm run test:java
	@$(MAKE) --no-print-directory test-kubernetes
	@npm run bench -- --size smoke

bench: $(STAMP) ## the figures beside the Java broker (about half an hour; ARGS='--only send')
	@test/java/install
	@npm run build
	@npm run bench -- $(ARGS)

bench-smoke: $(STAMP) ## that the benchmark runs and its totals agree, in under a minute
	@test/java/install
	@npm run bench -- --size smoke

image: $(STAMP) ## dist/image.tar, the image of all roles, without registry or container engine
	@npm run image
