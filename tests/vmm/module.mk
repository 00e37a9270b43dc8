# SPDX-License-Identifier: GPL-2.0-only
# The VMM of the tests: arm64 only, static, so that it runs in any root.

ifeq ($(A),arm64)
VMM_OBJS := $(patsubst %.c,$(O)/%.o,$(wildcard tests/vmm/*.c)) \
	    $(O)/tests/vmm/blob.o

$(O)/tests/vmm/blob.o: tests/vmm/blob.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(P)/vmm: $(VMM_OBJS)
	$(CC) $(CFLAGS) -static -pthread -o $@ $^

$(P)/vfio-bind: tests/vmm/vfio-bind
	@mkdir -p $(@D)
	install -m 755 $< $@

ARM64_ALL += $(P)/vmm $(P)/vfio-bind
endif
