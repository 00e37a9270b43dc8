# SPDX-License-Identifier: GPL-2.0-only
# The kernel's part that runs in user space, and the checks of the series.

memtype_test := $(P)/kernel/test/memtype
UNIT_TESTS += $(memtype_test)
LAB_TESTS += kernel/test/series

$(memtype_test): kernel/test/memtype.c kernel/tree/arch/arm64/kvm/s2_memtype.c \
		$(wildcard kernel/tree/arch/arm64/kvm/s2_memtype*.h) \
		uapi/linux/kvm_s2_types.h kernel/test/include/linux/types.h
	@mkdir -p $(@D)
	$(CC) -Ikernel/test/include -I. -Ikernel/tree/arch/arm64/kvm \
		$(CPPFLAGS) $(CFLAGS) -Wno-missing-field-initializers \
		-o $@ $(filter %.c,$^) -lcmocka
