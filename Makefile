# mindgap: two commands are all one needs.
#
#   make reproduce   set up, build, run every experiment; writes out/index.html
#   make test        set up, then every check and test; needs no GPU
#
#   make check       formatting, vet, staticcheck, cross-builds, shaders (part of make test)
#   make test-long   the slow proofs: minutes to an hour, some GiB of memory
#   make bench       the benchmarks of this machine, as a table
#   make results     measures DEVICE (host or gl) for bench/results, named AS: half an hour, on an idle machine
#   make parity      every network at full size beside PyTorch (python3-torchvision), layer by layer

TAGS    := egl glfw
GO      ?= go
OUT     ?= out
# The system's Python, which sees the packages of the system.
PYTHON  ?= /usr/bin/python3

# Another OpenGL driver on the same processor: GL calls become Vulkan calls, and its queue
# is asynchronous like a GPU's. What is right on only one of the two hides a fault.
ZINK    := GALLIUM_DRIVER=zink LIBGL_ALWAYS_SOFTWARE=1

.DEFAULT_GOAL := help
.PHONY: help reproduce test check test-long bench results parity build setup setup-test fmt clean
.PHONY: test-gl test-zink test-glfw test-plain test-race check-format check-vet check-edges check-cross check-shaders

help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

reproduce: build
	./mindgap reproduce --out $(OUT) $(ARGS)

build: setup
	@.ci/build mindgap

setup:
	@.ci/setup build

setup-test:
	@.ci/setup test

bench: build
	./mindgap bench

# Pages with all figures stay in .cache/results; tables and pictures go to bench/results.
DEVICE  ?= host
AS      ?= $(DEVICE)-$(shell nproc)cores
RESULTS := .cache/results
results: build
	mkdir -p $(RESULTS)
	./mindgap bench growth --device $(DEVICE) --limit 200s --md --out $(RESULTS)/growth-$(AS) > $(RESULTS)/growth-$(AS).md
	./mindgap bench --device $(DEVICE) --md --out $(RESULTS)/bench-$(AS) > $(RESULTS)/bench-$(AS).md
	cp $(RESULTS)/growth-$(AS).md $(RESULTS)/bench-$(AS).md bench/results/
	cp $(RESULTS)/growth-$(AS)/growth.svg bench/results/growth-$(AS).svg
	cp $(RESULTS)/bench-$(AS)/roofline.svg bench/results/roofline-$(AS).svg
	cp $(RESULTS)/bench-$(AS)/ladder.svg bench/results/ladder-$(AS).svg

# ARGS="--devices host --only resnet18" runs less; bench/peers/parity.py says what there is.
parity:
	$(GO) test -tags egl -c -o .cache/parity.test ./nn/models
	$(PYTHON) bench/peers/parity.py --test .cache/parity.test $(ARGS)

test: setup-test check test-gl test-zink test-glfw test-plain test-race
	@echo "make test: everything passed"

# The whole test suite, the gl device required. MINDGAP_NO_GL=1 leaves OpenGL out.
test-gl:
	$(GO) test -tags egl -timeout 20m ./...

test-zink:
	@.ci/with-runtime-dir env $(ZINK) $(GO) test -tags egl -count=1 -timeout 20m -run 'GL' ./engine/... ./kernels

# The second way to a context: a hidden window, under a virtual display.
test-glfw:
	MINDGAP_GL=glfw xvfb-run -a $(GO) test -tags "$(TAGS)" -count=1 -timeout 10m ./engine/internal/glfwctx
	MINDGAP_GL=glfw xvfb-run -a $(GO) test -tags "$(TAGS)" -count=1 -timeout 10m -run 'TestGLOpens' ./engine

# A plain build, without tags and without X11 headers, has a working gl device.
test-plain:
	@.ci/build --plain .cache/mindgap-plain
	.cache/mindgap-plain verify --device gl --kernel relu

test-race:
	$(GO) test -race -tags egl -timeout 20m ./engine

# Each proof of memory runs in a process of its own, because peak memory is the process's.
LONG := MINDGAP_LONG=1 $(GO) test -tags egl -count=1 -timeout 60m -v
test-long: setup-test
	$(LONG) -run 'TestLong' ./engine ./bench ./cmd/mindgap/internal/paper
	for device in host gl; do for proof in Histogram InfoNCE; do \
		$(LONG) -run "TestLong.*$$proof.*/$$device" ./kernels || exit 1; done; done

check: check-format check-vet check-edges check-cross check-shaders

check-format:
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "gofmt differs: $$out"; exit 1; }

check-vet:
	$(GO) vet -tags egl ./...
	$(GO) tool -modfile=.ci/tools/go.mod staticcheck -tags egl ./...

# Who may import whom.
check-edges:
	$(GO) test -tags egl -count=1 -run 'TestImportEdges' ./cmd/mindgap

# No C compiler, no GL headers: the host device only. The same for other systems.
check-cross:
	CGO_ENABLED=0 $(GO) vet ./...
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 $(GO) build ./...
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) build ./...
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(GO) build ./...

# Every shader as plain GLSL 4.30, by the reference compiler of Khronos.
check-shaders:
	MINDGAP_GLSLANG=required $(GO) test -tags egl -count=1 -run 'TestShadersAreGLSL430' ./kernels ./bench

fmt:
	gofmt -w $$(git ls-files '*.go')

clean:
	rm -rf mindgap out .cache
