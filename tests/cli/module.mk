# SPDX-License-Identifier: GPL-2.0-only

ifeq ($A,native)
build/tests/test-text: tests/cli/test-text.c $O/cli/frame/text.o $P/libs2ctl.a
	@mkdir -p $(@D)
	$(CC) -Icli $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

build/tests/test-stream: tests/cli/test-stream.c $O/cli/frame/stream.o
	@mkdir -p $(@D)
	$(CC) -Icli $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

build/tests/test-guard: tests/cli/test-guard.c $O/cli/frame/guard.o
	@mkdir -p $(@D)
	$(CC) -Icli $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

build/tests/test-confirm: tests/cli/test-confirm.c $O/cli/frame/confirm.o
	@mkdir -p $(@D)
	$(CC) -Icli $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

# With findings that only the library's own parts can make
build/tests/test-format: tests/cli/test-format.c \
		$(filter-out %/main.o,$(CLI_OBJS)) $O/tests/unit/unit.o \
		$(LIB_A)
	@mkdir -p $(@D)
	$(CC) -Icli $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs cmocka $(CLI_PKGS))

# What goes wrong where a test says, for programs of dynamic libraries
build/tests/preload.so: tests/cli/preload.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fPIC -shared -o $@ $^ -ldl

CLI_UNIT_TESTS := $(addprefix build/tests/test-,text stream guard confirm format)
UNIT_TESTS += $(CLI_UNIT_TESTS)
BUILD_TESTS += $(CLI_UNIT_TESTS)
CLI_TESTS += $(sort $(wildcard tests/cli/*.bats)) tests/cli/prometheus-live tests/cli/linear tests/cli/no-memory
LAB_TESTS += tests/cli/stock
endif
