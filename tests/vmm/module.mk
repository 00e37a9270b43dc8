# SPDX-License-Identifier: GPL-2.0-only
# The VMM of the tests: arm64 only, static, so that it runs in any root.

ifeq ($(A),arm64)
VMM_OBJS := $(patsubst tests/vmm/%.c,$(O)/tests/vmm/%.o,\
	      $(wildcard tests/vmm/*.c)) $(O)/tests/vmm/guest.o

$(O)/tests/vmm/%.o: tests/vmm/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -pthread -MMD -MP -c -o $@ $<

$(O)/tests/vmm/guest.o: tests/vmm/guest.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(O)/vmm: $(VMM_OBJS)
	$(CC) $(CFLAGS) -static -pthread -o $@ $^

$(O)/vfio-bind: tests/vmm/vfio-bind
	@mkdir -p $(@D)
	install -m 755 $< $@

-include $(wildcard $(O)/tests/vmm/*.d)

ARM64_ALL += $(O)/vmm $(O)/vfio-bind
endif
