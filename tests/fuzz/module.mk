# SPDX-License-Identifier: GPL-2.0-only
# Fuzzers: each is tests/fuzz/NAME.c with all of the library and the program,
# built by clang with libFuzzer and sanitizers.  Without clang there are none,
# and tests/fuzz/run says so.

ifeq ($A,native)

FUZZ_CC ?= clang
FUZZ_NAMES := snapshot site netlink proc bars text show argv waivers baseline diff \
	domain json core
FUZZ_PROGS := $(FUZZ_NAMES:%=build/fuzz/%)
# Words that are spelt right, for those that read words
FUZZ_DICTS := $(patsubst %,build/fuzz/%.dict,$(filter-out \
		netlink proc bars core,$(FUZZ_NAMES)))
# Warnings are for the compiler that everyone builds with
FUZZ_FLAGS := -U_FORTIFY_SOURCE -O1 -w -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

FUZZ_OBJS := $(patsubst %.c,build/fuzz/obj/%.o,$(LIB_SRCS) $(PROGRAM_SRCS) \
	       $(filter-out cli/main.c,$(CLI_SRCS)) tests/fuzz/fuzz.c \
	       tests/fuzz/folder.c tests/unit/tiny.c tests/unit/tiny-btf.c)

build/fuzz/obj/%.o: override CPPFLAGS += -I. -Icli -DSRCDIR='"$(CURDIR)"' \
	$(DOCDIR_DEF)
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS) $(CFLAGS) $(FUZZ_FLAGS) \
		-fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

build/fuzz/libs2ctl-fuzz.a: $(FUZZ_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$(FUZZ_PROGS): build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o \
		build/fuzz/libs2ctl-fuzz.a
	$(FUZZ_CC) $(CFLAGS) $(FUZZ_FLAGS) $(LDFLAGS) \
		-fsanitize=fuzzer,address,undefined \
		-Wl,--wrap=LLVMFuzzerTestOneInput -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

build/fuzz/gen-dict: tests/fuzz/gen-dict.c $(filter-out %/main.o,$(CLI_OBJS)) \
		$(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I. -Icli $(CFLAGS) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

$(FUZZ_DICTS): build/fuzz/%.dict: build/fuzz/gen-dict
	build/fuzz/gen-dict $* > $@

-include $(shell find build/fuzz -name '*.d' 2>/dev/null)

fuzzers:	## build the fuzzers, if there is clang
	@! command -v $(FUZZ_CC) > /dev/null || \
		$(MAKE) --no-print-directory $(FUZZ_PROGS) $(FUZZ_DICTS)

check-fuzz: fuzzers	## run the fuzzers for a minute: the same inputs each time
	@tests/run $(FUZZ_TESTS)

soak-fuzz: fuzzers	## run the fuzzers for SOAK_MINUTES (60), from SOAK_SEED
	@tests/fuzz/run soak

FUZZ_TESTS += tests/fuzz/run

.PHONY: fuzzers check-fuzz soak-fuzz
endif
