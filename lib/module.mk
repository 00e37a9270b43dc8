# SPDX-License-Identifier: GPL-2.0-only
# Two libraries, from the rooms that docs/architecture.md shows.  libs2ctl is what
# others link: static for s2ctl and the tests, shared for everyone else.
# libs2ctl-program is what only the program needs; it is not installed.  The top
# Makefile sets A, O and P and reads this once for each A.

LIB_ROOMS := base model source source/proc source/kernel source/core source/snapshot \
	source/live
PROGRAM_ROOMS := policy audit compare json
LIB_SRCS := $(foreach room,$(LIB_ROOMS),$(wildcard lib/$(room)/*.c))
LIB_OBJS := $(LIB_SRCS:%.c=$O/%.o)
PROGRAM_SRCS := $(foreach room,$(PROGRAM_ROOMS),$(wildcard lib/$(room)/*.c))
PROGRAM_OBJS := $(PROGRAM_SRCS:%.c=$O/%.o)
# In the order in which a linker wants them
LIB_A := $P/libs2ctl-program.a $P/libs2ctl.a
LIB_PKGS := libmnl
PROGRAM_PKGS := libmnl json-c expat
# 0 until 1.0: what it has may still change, with the number behind it
LIB_SO := $P/libs2ctl.so.0.1.0

# One set of objects for both; what is public is said in libs2ctl.map
$(LIB_OBJS): override CFLAGS += -fPIC

$P/libs2ctl.a: $(LIB_OBJS)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$P/libs2ctl-program.a: $(PROGRAM_OBJS)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(LIB_SO): $(LIB_OBJS) lib/libs2ctl.map
	$(CC) $(CFLAGS) $(filter-out -pie,$(LDFLAGS)) -shared -Wl,-soname,libs2ctl.so.0 \
		-Wl,--version-script=lib/libs2ctl.map -Wl,-z,defs -o $@ \
		$(LIB_OBJS) $(shell $(PKG_CONFIG) --libs $(LIB_PKGS))

$P/libs2ctl.so.0: $(LIB_SO)
	ln -sf $(<F) $@

$P/libs2ctl.so: $P/libs2ctl.so.0
	ln -sf $(<F) $@

ALL += $P/libs2ctl.a $P/libs2ctl.so

ifeq ($A,native)
abi: $P/libs2ctl.so	## note the library's ABI, at a release (lib/libs2ctl.abi)
	lib/abi > lib/libs2ctl.abi.new
	mv lib/libs2ctl.abi.new lib/libs2ctl.abi

.PHONY: abi
endif
