# SPDX-License-Identifier: GPL-2.0-only
# Unit tests of the library, on this machine only: plain, and the same with
# AddressSanitizer and UndefinedBehaviorSanitizer; under valgrind by a script.

ifeq ($A,native)

UNIT_NAMES := $(patsubst tests/unit/test-%.c,%,$(wildcard tests/unit/test-*.c))
UNIT_LIBS = $(shell $(PKG_CONFIG) --libs cmocka $(PROGRAM_PKGS))
UNIT_PROGS := $(UNIT_NAMES:%=build/tests/unit-%)
UNIT_SAN := $(UNIT_NAMES:%=build/tests/unit-%-san)
SAN_FLAGS := -U_FORTIFY_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -O1
SAN_OBJS := $(patsubst $O/%,$O/san/%,$(PROGRAM_OBJS) $(LIB_OBJS))

$O/tests/unit/%.o $O/san/tests/unit/%.o: override CPPFLAGS += \
	-DSRCDIR='"$(CURDIR)"' -Icli

$O/san/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(SAN_FLAGS) -MMD -MP -c -o $@ $<

$(UNIT_PROGS): build/tests/unit-%: $O/tests/unit/test-%.o \
		$O/tests/unit/unit.o $O/tests/unit/fake-kernel.o \
		$O/tests/unit/plan-unit.o $O/tests/unit/audit.o $(LIB_A)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(UNIT_LIBS)

$(UNIT_SAN): build/tests/unit-%-san: $O/san/tests/unit/test-%.o \
		$O/san/tests/unit/unit.o $O/san/tests/unit/fake-kernel.o \
		$O/san/tests/unit/plan-unit.o $O/san/tests/unit/audit.o $(SAN_OBJS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN_FLAGS) $(LDFLAGS) -o $@ $^ $(UNIT_LIBS)

# Of the service, what needs neither kernel nor clock
ENFORCE_UNITS := cli/enforce/state.o cli/enforce/decide.o
$O/san/cli/%.o: override CPPFLAGS += -Icli
$(filter build/tests/unit-enforce-%,$(UNIT_PROGS)): $(ENFORCE_UNITS:%=$O/%)
$(filter build/tests/unit-enforce-%,$(UNIT_SAN)): $(ENFORCE_UNITS:%=$O/san/%)

# A kernel's memory, made by hand
TINY := tests/unit/tiny.o tests/unit/tiny-btf.o
$(filter build/tests/unit-core%,$(UNIT_PROGS)): $(TINY:%=$O/%)
$(filter build/tests/unit-core%,$(UNIT_SAN)): $(TINY:%=$O/san/%)

build/tests/tiny-dump: $O/tests/unit/tiny-dump.o $(TINY:%=$O/%)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

# The library's constraints and classes against the kernel's, which is linked for that.
UNIT_DIFF := build/tests/unit-diff-constrain build/tests/unit-diff-classify
$(UNIT_DIFF): build/tests/unit-diff-%: tests/unit/diff-%.c $(LIB_A) \
		kernel/tree/arch/arm64/kvm/s2_memtype.c \
		kernel/tree/arch/arm64/kvm/s2_constrain.c \
		$(wildcard kernel/tree/arch/arm64/kvm/s2_*.h)
	@mkdir -p $(@D)
	$(CC) -Ikernel/test/include -I. -Ikernel/tree/arch/arm64/kvm \
		$(CPPFLAGS) $(CFLAGS) -Wno-missing-field-initializers \
		-o $@ $(filter %.c %.a,$^) $(UNIT_LIBS)

UNIT_TESTS += $(UNIT_DIFF)
UNIT_TESTS += $(UNIT_PROGS) $(UNIT_SAN) tests/unit/test-abi \
	tests/unit/test-header tests/unit/test-example tests/unit/test-valgrind \
	tests/unit/test-callers tests/unit/test-build \
	tests/unit/test-rooms
BUILD_TESTS += $(UNIT_DIFF) $(UNIT_PROGS) tests/unit/test-abi tests/unit/test-header

endif
