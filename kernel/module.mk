# SPDX-License-Identifier: GPL-2.0-only
# The kernel's part that runs in user space, and the checks of the series.

memtype_test := $(P)/kernel/test/memtype
constrain_test := $(P)/kernel/test/constrain
UNIT_TESTS += $(memtype_test) $(constrain_test) kernel/test/circles
BUILD_TESTS += $(memtype_test) $(constrain_test)
LAB_TESTS += kernel/test/series

$(constrain_test): kernel/tree/arch/arm64/kvm/s2_constrain.c

$(memtype_test) $(constrain_test): $(P)/kernel/test/%: kernel/test/%.c \
		kernel/tree/arch/arm64/kvm/s2_memtype.c \
		$(wildcard kernel/tree/arch/arm64/kvm/s2_*.h) \
		uapi/linux/kvm_s2_types.h kernel/test/include/linux/types.h
	@mkdir -p $(@D)
	$(CC) -Ikernel/test/include -I. -Ikernel/tree/arch/arm64/kvm \
		$(CPPFLAGS) $(CFLAGS) -Wno-missing-field-initializers \
		-o $@ $(filter %.c,$^) -lcmocka
