# make help: what there is

BUILD   ?= build
NGX_SRC ?= /usr/share/nginx/src
CC      ?= cc

top     := $(CURDIR)
gen     := $(abspath $(BUILD))/gen
objs    := $(BUILD)/nginx/objs

# SAN=1 builds everything with AddressSanitizer and UBSan
ifneq ($(SAN),)
san     := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
           -fno-omit-frame-pointer
endif

# SAN=fuzz makes the coverage that libFuzzer needs as well, with clang
ifeq ($(SAN),fuzz)
san     += -fsanitize=fuzzer-no-link
endif

CFLAGS  := -std=gnu11 -O2 -g -W -Wall -Wextra -Werror -Wpointer-arith \
           -Wno-unused-parameter -MMD -MP $(san)
INCS    := -Ingx_rtc_common -Ingx_conf_api_module/core -Ingx_rtc_sfu_module/core \
           -Ingx_rtc_turn_module/core -It/unit -I$(gen)
LIBS    := -ljansson -ljwt -lprotobuf-c -lusrsctp -lsrtp2 -lnice -lz -lssl \
           -lcrypto -lcrypt -lpthread -lm

# the number of jobs, unless the caller gave one
jobs     = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: all packages modules gen core unit tools html run test test-module asan \
        fuzz fuzzers check screenshots bench bench-tool bench-turn install \
        uninstall deb clean help

all: packages
	$(MAKE) $(jobs) modules tools html

packages:
	conf/install-packages build run

# generated code

protos  := $(wildcard ngx_rtc_sfu_module/*.proto)
gen_c   := $(patsubst ngx_rtc_sfu_module/%.proto,$(gen)/%.pb-c.c,$(protos))

lua_h   := $(gen)/ngx_conf_api_lua.h $(gen)/ngx_rtc_sfu_lua.h \
           $(gen)/ngx_rtc_common_lua.h

gen: $(gen_c) $(lua_h)

$(gen)/%.pb-c.c: ngx_rtc_sfu_module/%.proto
	@mkdir -p $(gen)
	protoc-c -Ingx_rtc_sfu_module --c_out=$(gen) $<

# each script as a string: NGX_RTC_SFU_LUA_JOIN from join.lua

.SECONDEXPANSION:

$(lua_h): $(gen)/%_lua.h: $$(wildcard $$*_module/lua/*.lua \
                                           $$*/lua/*.lua) Makefile
	@mkdir -p $(gen)
	for f in $(filter %.lua,$^); do \
	    name=$$(echo $*_lua_$$(basename $$f .lua) | tr a-z A-Z); \
	    printf '#define %s \\\n' $$name; \
	    sed -e '/^--/d' -e '/^ *$$/d' -e 's/[\\"]/\\&/g' \
	        -e 's/.*/    "&\\n" \\/' $$f; \
	    echo; \
	done > $@

# the three modules, against Debian's nginx-dev

modules: $(objs)/Makefile gen
	$(MAKE) -C $(BUILD)/nginx -f objs/Makefile modules

$(objs)/Makefile: config Makefile
	@mkdir -p $(BUILD)/nginx $(gen)
	cp -r $(NGX_SRC)/. $(BUILD)/nginx/
	$(if $(san),$(CC) -print-file-name=libasan.so > $(BUILD)/sanitizer)
	cd $(BUILD)/nginx && RTC_GEN=$(gen) ./configure --with-compat \
	    --with-debug --with-threads --with-http_ssl_module --with-stream \
	    --with-stream_ssl_module --with-cc="$(CC)" \
	    --with-cc-opt="-g -O2 $(san)" --with-ld-opt="$(san)" \
	    --add-dynamic-module=$(top) > configure.log \
	    || { cat configure.log; exit 1; }

# the pure C core as a library, and its unit tests

core_c  := $(wildcard ngx_rtc_common/rtc_*.c ngx_conf_api_module/core/*.c \
                      ngx_rtc_sfu_module/core/*.c ngx_rtc_turn_module/core/*.c)
core_o  := $(patsubst %.c,$(BUILD)/core/%.o,$(core_c)) \
           $(patsubst $(gen)/%.c,$(BUILD)/core/gen/%.o,$(gen_c))
core    := $(BUILD)/core/librtc.a
tests   := $(patsubst t/unit/%.c,$(BUILD)/unit/%,$(wildcard t/unit/test_*.c))

core: $(core)

$(core): $(core_o)
	@mkdir -p $(@D)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/core/gen/%.o: $(gen)/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCS) -c $< -o $@

$(BUILD)/core/%.o: %.c | gen
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCS) -c $< -o $@

unit: $(tests)

$(BUILD)/unit/%: t/unit/%.c $(core)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCS) $< $(core) $(LIBS) -o $@

# programs of conf/ that are no scripts

tools: $(BUILD)/bin/ngx-conf-cert

$(BUILD)/bin/ngx-conf-cert: conf/ngx-conf-cert.c $(core)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(INCS) $< $(core) -ljansson \
	    -lcrypto -o $@

# the pages and what they import

html: $(BUILD)/html/.stamp

$(BUILD)/vendor/.stamp: package-lock.json conf/vendor.mjs conf/install-npm
	conf/install-npm run
	node conf/vendor.mjs $(@D)
	@touch $@

$(BUILD)/html/.stamp: $(BUILD)/vendor/.stamp $(shell find html/.)
	@rm -rf $(@D)
	@mkdir -p $(@D)
	cp -R html/. $(@D)
	cp -R $(BUILD)/vendor $(@D)
	@touch $@

# one instance in the foreground; RUN_DIR, HTTP_PORT ... see README

run: all
	@exec env BUILD=$(BUILD) conf/run

# parts of the product behind HTTP, loaded by tests after the modules

test_so := $(BUILD)/module/ngx_rtc_test_module.so
test_c  := $(wildcard t/module/*.c)
ngx     := $(BUILD)/nginx

test-module: $(test_so)

$(test_so): $(test_c) $(wildcard t/module/*.h) $(objs)/Makefile
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -fPIC -shared \
	    $(INCS) -Ingx_rtc_sfu_module -I$(ngx)/src/core -I$(ngx)/src/event \
	    -I$(ngx)/src/event/modules -I$(ngx)/src/os/unix -I$(ngx)/src/http \
	    -I$(ngx)/src/http/modules -I$(objs) $(test_c) -o $@

# tests; T names files or folders to run, PROVE options of prove

cases   := $(shell find t -name '*.t' -o -name '*.mjs' -perm -u+x \
             | sort)
T       ?= $(tests) $(cases)

test:
	conf/install-packages build run test
	conf/install-npm test
	$(MAKE) $(jobs) modules tools html unit test-module bench-tool
	BUILD=$(BUILD) prove -r -j2 --rules='seq=t/browser/*' --rules='par=**' \
	    $(PROVE) $(T)

asan:
	$(MAKE) SAN=1 BUILD=$(BUILD)-asan test

# fuzzers: each runs for so many seconds

SECONDS ?= 60
fuzzers := $(patsubst t/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard t/fuzz/fuzz_*.c))

fuzz:
	conf/install-packages build test
	$(MAKE) $(jobs) SAN=fuzz BUILD=$(BUILD)-fuzz CC=clang fuzzers
	t/fuzz/run $(BUILD)-fuzz/fuzz $(SECONDS)

fuzzers: $(fuzzers)

$(BUILD)/fuzz/%: t/fuzz/%.c $(core)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(INCS) $< $(core) $(LIBS) -o $@

# layers, documentation, style, static analysis

check:
	conf/install-packages build run test
	prove t/check/*.t
	t/check/cppcheck $(BUILD)

# the pictures of README

screenshots:
	conf/install-packages build run test
	conf/install-npm test
	$(MAKE) $(jobs) modules html
	BUILD=$(BUILD) node docs/screenshots.mjs

# the load tool against this server, Janus and a bare loop; see README

bench_c := $(wildcard t/bench/*.c)
bench_o := $(patsubst t/bench/%.c,$(BUILD)/bench/%.o,$(bench_c))

bench:
	conf/install-packages build run
	-conf/install-packages bench
	$(MAKE) $(jobs) modules html bench-tool
	BUILD=$(BUILD) SECONDS=$(if $(filter file,$(origin SECONDS)),,$(SECONDS)) \
	    VIEWERS="$(VIEWERS)" node t/bench/run.mjs

bench-tool: $(BUILD)/bench/bench

$(BUILD)/bench/bench: $(bench_o) $(core)
	$(CC) $(CFLAGS) $^ $(LIBS) -o $@

$(BUILD)/bench/%.o: t/bench/%.c | gen
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -D_GNU_SOURCE $(INCS) -c $< -o $@

# the same for TURN, beside coturn

turn_c  := $(wildcard t/bench/turn/*.c)

bench-turn: $(BUILD)/bench/turn_bench
	-conf/install-packages bench
	$(MAKE) $(jobs) modules
	BUILD=$(BUILD) SECONDS=$(if $(filter file,$(origin SECONDS)),,$(SECONDS)) \
	    node t/bench/turn/run.mjs

$(BUILD)/bench/turn_bench: $(turn_c) t/bench/turn/turn_bench.h $(core)
	@mkdir -p $(@D)
	$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -D_GNU_SOURCE $(INCS) $(turn_c) \
	    $(core) $(LIBS) -o $@

# into the system: below PREFIX, all of it below DESTDIR; see README

PREFIX  ?= /usr
VERSION ?= $(shell sed -n 's/^Changes with //p' CHANGES | head -n 1)

install:
	conf/install-packages build
	$(MAKE) $(jobs) modules tools html
	BUILD=$(BUILD) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) \
	    conf/install-files install

uninstall:
	BUILD=$(BUILD) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) \
	    conf/install-files remove

deb:
	conf/install-packages build deb
	$(MAKE) $(jobs) modules tools html
	BUILD=$(BUILD) VERSION=$(VERSION) conf/make-deb

help:
	@echo "make              installs build packages, builds modules and pages"
	@echo "make run          one instance in the foreground; see README"
	@echo "make test         all tests; T=t/api or T=build/unit/test_bytes"
	@echo "make asan         all tests under ASan and UBSan"
	@echo "make fuzz         all fuzzers, each SECONDS=60"
	@echo "make check        layers, documentation, style, static analysis"
	@echo "make modules      the three modules only"
	@echo "make unit         the C unit tests only"
	@echo "make tools        the programs of conf/ that are no scripts"
	@echo "make html         the pages with their libraries only"
	@echo "make screenshots  the pictures of README"
	@echo "make bench        cost per packet beside Janus and a bare loop"
	@echo "make bench-tool   the load tool only"
	@echo "make bench-turn   cost per relayed packet beside coturn"
	@echo "make install      into the system, below DESTDIR and PREFIX=/usr"
	@echo "make uninstall    what that has installed"
	@echo "make deb          a Debian package, in build/deb"
	@echo "make clean        removes what was built"
	@echo "BUILD=build, CC=cc, SAN=1: where, with what, with sanitizers"

-include $(core_o:.o=.d) $(tests:=.d) $(fuzzers:=.d) $(bench_o:.o=.d)

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz
