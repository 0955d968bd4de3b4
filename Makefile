# sbx. `make` builds build/sbx, `make help` lists the rest. Everything built goes to build/.

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
CC      := gcc

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla -Werror
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection
CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=gnu17 $(WARN) -I. -D_GNU_SOURCE -DSBX_VERSION='"$(VERSION)"' $(CFLAGS)
# Static: it starts in about half the time of a dynamic binary, and no LD_PRELOAD reaches it.
LINK     := -static-pie -Wl,-z,relro,-z,now
LDLIBS   := -lseccomp -lcgroup -ljson-c -lyaml -lsodium -lm

# Packages of Debian 12, installed where they are missing.
BUILD_PACKAGES := gcc libc6-dev libseccomp-dev libcgroup-dev libjson-c-dev libyaml-dev libsodium-dev \
	libmicrohttpd-dev libsqlite3-dev
CHECK_PACKAGES := $(BUILD_PACKAGES) libcmocka-dev bats python3 iproute2 procps util-linux strace \
	g++ default-jdk-headless nodejs python3-jsonschema golang-go rustc perl ruby fp-compiler fp-units-rtl
FUZZ_PACKAGES  := $(BUILD_PACKAGES) libcmocka-dev clang libclang-rt-dev llvm
LINT_PACKAGES  := clang-format clang-tidy clang shellcheck git
DEMO_PACKAGES  := g++
BENCH_PACKAGES := bubblewrap crun golang-go
# npm comes with some packages of nodejs, which do not go together with Debian's package of it.
PAGE_PACKAGES      := nodejs esbuild $(if $(shell command -v npm),,npm)
CHECK_WEB_PACKAGES := $(PAGE_PACKAGES) chromium fonts-dejavu-core python3 python3-jsonschema

PROFILES  := $(sort $(wildcard policy/profiles/*.json))
LANGUAGES := $(sort $(wildcard policy/languages/*.yaml))
SRC := $(wildcard sandbox/*.c) $(filter-out policy/gen_%.c,$(wildcard policy/*.c)) $(wildcard runner/*.c) \
	runner/serve/http_listen.c
OBJ := $(SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/gen/profiles.o $(BUILD)/obj/gen/languages.o
LIB := $(filter-out $(BUILD)/obj/runner/main.o,$(OBJ))
# The network half of `sbx serve` is a program of its own, dynamic, since libmicrohttpd has no static one without gnutls. Of
# its parts the HTTP layer knows nothing of sbx but these, and what does not know libmicrohttpd is tested with all else.
HTTP      := $(wildcard runner/serve/http*.c) runner/serve/exchange.c runner/serve/intake.c
HTTP_PURE := $(wildcard runner/serve/http_*.c)
SERVE     := $(wildcard runner/serve/*.c)
SERVE_OBJ := $(SERVE:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/gen/page.o
HTTP_LIB  := policy/serve_listen.c policy/json.c policy/json_text.c policy/utf8.c sandbox/err.c sandbox/fd.c
HTTP_OBJ  := $(patsubst %.c,$(BUILD)/obj/%.o,$(HTTP) $(HTTP_LIB))
# The generators, and what each is linked with.
GEN_COMMON    := policy/gen_text policy/json policy/json_text policy/utf8 sandbox/err sandbox/fd
GEN_PROFILES  := policy/gen_profiles policy/seccomp policy/bpf_code policy/bpf_run policy/bpf_tree $(GEN_COMMON)
GEN_LANGUAGES := policy/gen_languages policy/language policy/language_argv policy/language_java policy/language_load \
	policy/size policy/yaml policy/yaml_map policy/yaml_scalar $(GEN_COMMON)

.PHONY: all
all: $(BUILD)/sbx $(BUILD)/sbx-serve ## build build/sbx, and build/sbx-serve for sbx serve

$(BUILD)/sbx: $(OBJ)
	@echo "  LINK $@"
	@# libcgroup's use of getpwnam draws a page of warnings from a static link; nothing here calls it
	@$(CC) $(ALL_CFLAGS) $(HARDEN) -fPIE $(LINK) -Wl,--no-warnings -o $@ $^ $(LDLIBS)

$(BUILD)/sbx-serve: $(SERVE_OBJ) $(filter-out $(SERVE_OBJ),$(LIB))
	@echo "  LINK $@"
	@$(CC) $(ALL_CFLAGS) $(HARDEN) -fPIE -pie -Wl,-z,relro,-z,now -o $@ $^ -lmicrohttpd -lsqlite3 $(LDLIBS) -pthread

$(BUILD)/obj/%.o: %.c | $(BUILD)/.packages
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(ALL_CFLAGS) $(HARDEN) -fPIE -MMD -MP -c -o $@ $<

# Built-in profiles become BPF, and languages tables, here, once, instead of at every start.
$(BUILD)/gen/profiles.c: $(BUILD)/gen_profiles $(PROFILES)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	@$< $(foreach p,$(PROFILES),$(basename $(notdir $(p)))=$(p)) > $@.tmp && mv $@.tmp $@
$(BUILD)/gen/languages.c: $(BUILD)/gen_languages $(LANGUAGES)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	@$< $(LANGUAGES) > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(HARDEN) -fPIE -MMD -MP -c -o $@ $<

$(BUILD)/gen_profiles: $(GEN_PROFILES:%=$(BUILD)/obj/%.o)
	@$(CC) $(ALL_CFLAGS) -pie -o $@ $^ -lseccomp -ljson-c
$(BUILD)/gen_languages: $(GEN_LANGUAGES:%=$(BUILD)/obj/%.o)
	@$(CC) $(ALL_CFLAGS) -pie -o $@ $^ -ljson-c -lyaml -lm

# The web page of the service: what npm brings stays in build/, what is made of it goes into the binary.
PAGE_SRC  := runner/serve/page
PAGE      := $(BUILD)/page
PAGE_COPY := $(addprefix $(PAGE)/out/,index.html state.html page.css icon.svg)
PAGE_OUT  := $(PAGE_COPY) $(addprefix $(PAGE)/out/,page.js state.js openapi.json licences.txt)

.PHONY: page
page: $(BUILD)/obj/gen/page.o

# as package-lock.json says it, to the byte; no package's own scripts are run
$(PAGE)/.npm: $(PAGE_SRC)/package.json $(PAGE_SRC)/package-lock.json
	@tests/install-packages $(PAGE_PACKAGES)
	@tests/npm-install $(PAGE_SRC) $(PAGE)
	@touch $@
$(PAGE)/out/page.js $(PAGE)/out/state.js: $(PAGE)/out/%: $(wildcard $(PAGE_SRC)/*.js) $(PAGE)/.npm
	@mkdir -p $(@D)
	@echo "  PAGE $@"
	@NODE_PATH=$(PAGE)/node_modules esbuild --bundle --minify --format=esm --target=es2022 --legal-comments=none \
		--log-level=warning --outfile=$@ $(PAGE_SRC)/$*
# those of all packages, of which some are in the bundle
$(PAGE)/out/licences.txt: $(PAGE)/.npm
	@mkdir -p $(@D)
	@for file in $(PAGE)/node_modules/*/LICENSE $(PAGE)/node_modules/@*/*/LICENSE; do \
		dirname $${file#*/node_modules/}; echo; cat $$file; echo; done > $@
$(PAGE_COPY): $(PAGE)/out/%: $(PAGE_SRC)/%
	@mkdir -p $(@D)
	@cp $< $@
$(PAGE)/out/openapi.json: runner/serve/openapi.json
	@mkdir -p $(@D)
	@cp $< $@
$(BUILD)/gen/page.c: $(PAGE_SRC)/embed.js $(PAGE_SRC)/files.json $(PAGE_OUT)
	@mkdir -p $(@D)
	@echo "  GEN  $@"
	@node $< $(PAGE_SRC)/files.json $(PAGE)/out > $@.tmp && mv $@.tmp $@

# Unit tests, each linked with everything but main(), under the address and undefined-behaviour sanitizers.
UNIT  := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
SAN   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
STORE   := $(wildcard runner/serve/store*.c) runner/serve/db.c
SAN_OBJ := $(sort $(LIB:$(BUILD)/obj/%=$(BUILD)/san/%) $(HTTP_PURE:%.c=$(BUILD)/san/%.o) $(STORE:%.c=$(BUILD)/san/%.o))

$(BUILD)/san/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(SAN) -MMD -MP -c -o $@ $<
$(BUILD)/san/%.o: %.c | $(BUILD)/.packages
	@mkdir -p $(@D)
	@echo "  SAN  $<"
	@$(CC) $(ALL_CFLAGS) $(SAN) -MMD -MP -c -o $@ $<
$(BUILD)/unit/%: tests/unit/%.c $(SAN_OBJ) | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) $(SAN) -MMD -MP -o $@ $< $(filter %.o,$^) $(LDLIBS) -lsqlite3 -lcmocka
$(BUILD)/unit/test_page: $(BUILD)/san/gen/page.o

# What is kept of the fuzz targets' inputs is tried with each make check.
REPLAY := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/unit/test_fuzz_%,$(wildcard tests/fuzz/fuzz_*.c))

$(BUILD)/unit/test_fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h $(SAN_OBJ)
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) $(SAN) -DFUZZ_NAME='"$*"' -o $@ $(filter %.c %.o,$^) $(LDLIBS) -lsqlite3 -lcmocka

.PHONY: unit
unit: $(UNIT) $(REPLAY)
.SECONDARY: $(SAN_OBJ)

# The fuzz targets, linked with all but main() as unit tests are, by the compiler that has libFuzzer.
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_OBJ := $(sort $(LIB:$(BUILD)/obj/%=$(BUILD)/fuzz/obj/%) $(HTTP_PURE:%.c=$(BUILD)/fuzz/obj/%.o)) \
	$(BUILD)/fuzz/obj/tests/fuzz/fuzz.o
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_CC  := clang $(ALL_CFLAGS) $(FUZZ_SAN)

$(BUILD)/fuzz/obj/gen/%.o: $(BUILD)/gen/%.c | $(BUILD)/.fuzz-packages
	@mkdir -p $(@D)
	@$(FUZZ_CC) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(BUILD)/fuzz/obj/%.o: %.c | $(BUILD)/.fuzz-packages
	@mkdir -p $(@D)
	@echo "  FUZZ $<"
	@$(FUZZ_CC) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(BUILD)/fuzz/%: tests/fuzz/fuzz_%.c tests/fuzz/fuzz.h $(FUZZ_OBJ)
	@echo "  FUZZ $@"
	@$(FUZZ_CC) -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) $(LDLIBS) -lcmocka
.SECONDARY: $(FUZZ_OBJ)

SECONDS := 60
.PHONY: fuzz
fuzz: $(FUZZ) ## give parsers made-up input for SECONDS=N each; TARGETS='size job' for some; 0 only tries what is kept
	@tests/fuzz/run $(SECONDS) $(TARGETS)

# A service of toy routes over the HTTP layer: as it is, and under the sanitizers.
SERVERS        := $(addprefix $(BUILD)/serve/,server-plain server-address server-thread)
SERVER_address := $(SAN)
SERVER_thread  := -fsanitize=thread -fno-omit-frame-pointer
SERVER_LDLIBS  := -lmicrohttpd -ljson-c

$(BUILD)/serve/server-plain: tests/serve/server.c $(HTTP_OBJ)
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) $(HARDEN) -fPIE -pie -o $@ $^ $(SERVER_LDLIBS)
$(BUILD)/serve/server-%: tests/serve/server.c $(HTTP) $(HTTP_LIB) $(wildcard runner/serve/*.h) | $(BUILD)/.packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) $(SERVER_$*) -o $@ $(filter %.c,$^) $(SERVER_LDLIBS)

$(BUILD)/.packages:
	@mkdir -p $(@D)
	@tests/install-packages $(BUILD_PACKAGES)
	@touch $@
$(BUILD)/.check-packages:
	@mkdir -p $(@D)
	@tests/install-packages $(CHECK_PACKAGES)
	@touch $@

$(BUILD)/.fuzz-packages:
	@mkdir -p $(@D)
	@tests/install-packages $(FUZZ_PACKAGES)
	@touch $@

# What the CLI suites run and look into reports with, compiled here, since in the VM it would take minutes.
CLI_PROGRAMS := $(patsubst tests/cli/programs/%.c,$(BUILD)/cli/programs/%,$(wildcard tests/cli/programs/*.c))

$(BUILD)/cli/programs/%: tests/cli/programs/%.c | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -static -pthread -o $@ $<
$(BUILD)/cli/report: tests/cli/report.c | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) -std=gnu17 $(WARN) -D_GNU_SOURCE -O1 -static -o $@ $< -ljson-c
.PHONY: cli-programs
cli-programs: $(CLI_PROGRAMS) $(BUILD)/cli/report

# One attack each, compiled here for the same reason.
THREATS := $(patsubst tests/threats/%.c,$(BUILD)/threats/%,$(wildcard tests/threats/*.c))

$(BUILD)/threats/%: tests/threats/%.c tests/threats/attack.h | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) -std=gnu17 -D_GNU_SOURCE -I. -O1 -static -pthread -o $@ $<

.PHONY: threats
threats: all cli-programs $(THREATS) ## try the attacks of tests/threats/catalogue.tsv; IDS='A1 B5' for some, CALLER=NAME as a user
	@tests/threats/run $(if $(CALLER),--user $(CALLER)) $(IDS)

.PHONY: calls
calls: all $(BUILD)/threats/calls ## try every system call under every profile; UNDER='default ./own.json' for some
	@tests/threats/calls.py $(BUILD)/sbx $(BUILD)/threats/calls $(UNDER)

# What runs in a box, and what looks at the host meanwhile.
MEMORY := $(BUILD)/memory/routes $(BUILD)/memory/host
MEMORY_CC = $(CC) -std=gnu17 -Wall -Werror -D_GNU_SOURCE -I. -O1 -static -pthread

$(BUILD)/memory/host: tests/memory/host.c | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(MEMORY_CC) -o $@ $<
$(BUILD)/memory/routes: $(filter-out tests/memory/host.c,$(wildcard tests/memory/*.c)) tests/memory/routes.h \
		tests/threats/attack.h | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(MEMORY_CC) -o $@ $(filter %.c,$^)

.PHONY: memory
memory: all cli-programs $(MEMORY) ## what each way to use memory takes from the host; ROUTES='pipes epoll' for some, ARGS=--raised
	@tests/memory/run $(ARGS) $(ROUTES)

# What `make fault` makes fail, and what looks around in the box.
$(BUILD)/fault/fault: $(wildcard tests/fault/*.[ch]) | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) -o $@ $(filter-out tests/fault/confined.c,$(filter %.c,$^)) -lseccomp
$(BUILD)/fault/confined: tests/fault/confined.c | $(BUILD)/.check-packages
	@mkdir -p $(@D)
	@echo "  TEST $@"
	@$(CC) $(ALL_CFLAGS) -static -o $@ $<

.PHONY: fault
fault: all $(BUILD)/fault/fault $(BUILD)/fault/confined ## each system call of a run fails, or is its last; WHO, ERRORS, KILL, STEP for some
	@tests/fault/run

.PHONY: check
check: all unit cli-programs $(SERVERS) $(BUILD)/.check-packages ## unit, HTTP, CLI and VM suites; closes with "N passed, N failed"
	@tests/check unit serve cli vm

.PHONY: check-unit check-serve check-cli check-vm
check-unit: unit
	@tests/check unit
check-serve: all $(SERVERS) $(BUILD)/.check-packages
	@tests/check serve
check-cli: all $(BUILD)/.check-packages
	@tests/check cli
check-vm: all $(BUILD)/.check-packages
	@tests/check vm

# Browsers are Debian's: npm brings only what drives them.
$(BUILD)/web/.npm: tests/web/package.json tests/web/package-lock.json
	@tests/install-packages $(CHECK_WEB_PACKAGES)
	@tests/npm-install tests/web $(BUILD)/web
	@touch $@
.PHONY: check-web
check-web: all $(BUILD)/web/.npm ## the web page in Chromium, and the API's description; against the service at BASE_URL, else a mock
	@tests/check web

.PHONY: vm
vm: all ## run CMD='...' in the cgroup v2 VM
	@tests/vm/run -- "$(CMD)"

.PHONY: demo
demo: all ## run eight programs and judge a submission, and show their verdicts
	@tests/install-packages $(DEMO_PACKAGES)
	@tests/demo/run

.PHONY: serve
serve: all ## the HTTP service, with its page, on 127.0.0.1:5000; its state in build/serve
	@$(BUILD)/sbx serve --state $(abspath $(BUILD))/serve

BENCH_TARGETS := $(patsubst tests/bench/targets/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/targets/*.c))
$(BUILD)/bench/%: tests/bench/targets/%.c | $(BUILD)/.packages
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -static -o $@ $<
SOAK := $(wildcard tests/bench/soak*.c)
$(BUILD)/bench/bench: $(filter-out $(SOAK),$(wildcard tests/bench/*.c)) tests/bench/bench.h | $(BUILD)/.packages
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -static -o $@ $(filter %.c,$^)
$(BUILD)/bench/soak: $(SOAK) $(addprefix tests/bench/,launch.c place.c report.c bench.h soak.h) | $(BUILD)/.packages
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -static -o $@ $(filter %.c,$^)

$(BUILD)/.bench-packages:
	@mkdir -p $(@D)
	@tests/install-packages $(BENCH_PACKAGES)
	@touch $@
$(BUILD)/bench/server: tests/bench/server.go | $(BUILD)/.bench-packages
	@mkdir -p $(@D)
	@CGO_ENABLED=0 go build -o $@ $<

.PHONY: bench
bench: all $(BUILD)/bench/bench $(BUILD)/bench/server $(BENCH_TARGETS) ## speed and exactness, and the service under load, as ratios within one run
	@$(BUILD)/bench/bench $(BUILD)

.PHONY: soak
soak: all $(BUILD)/bench/soak $(BENCH_TARGETS) ## RUNS=N mixed runs: no wrong verdict, and a host that stays as it was
	@$(BUILD)/bench/soak $(BUILD) $(RUNS)

.PHONY: lint
lint: ## format, clang-tidy, shellcheck, include rule, function and file length
	@tests/install-packages $(BUILD_PACKAGES) $(LINT_PACKAGES)
	@tests/lint

.PHONY: format
format: ## rewrite the sources in the house's format
	clang-format -i $$(git ls-files '*.[ch]')

.PHONY: hooks
hooks: ## install the pre-commit hook: lint and unit tests
	printf '#!/bin/sh\nexec make -s lint check-unit\n' > .git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit

.PHONY: install
install: all ## into DESTDIR and PREFIX
	install -D -m 0755 $(BUILD)/sbx $(DESTDIR)$(PREFIX)/bin/sbx
	install -D -m 0755 $(BUILD)/sbx-serve $(DESTDIR)$(PREFIX)/libexec/sbx/sbx-serve
	install -D -m 0644 docs/sbx.1 $(DESTDIR)$(PREFIX)/share/man/man1/sbx.1
	install -D -m 0644 docs/sbx-judge.1 $(DESTDIR)$(PREFIX)/share/man/man1/sbx-judge.1
	install -D -m 0644 docs/sbx-serve.1 $(DESTDIR)$(PREFIX)/share/man/man1/sbx-serve.1
	install -D -m 0644 docs/sbx-job.5 $(DESTDIR)$(PREFIX)/share/man/man5/sbx-job.5
	install -D -m 0644 docs/sbx-policy.5 $(DESTDIR)$(PREFIX)/share/man/man5/sbx-policy.5

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d $(BUILD)/san/*/*.d $(BUILD)/san/*/*/*.d $(BUILD)/unit/*.d $(BUILD)/fuzz/obj/*/*.d $(BUILD)/fuzz/obj/*/*/*.d)
