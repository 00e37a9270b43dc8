# SPDX-License-Identifier: GPL-2.0-only
#
# Hardening for those who run plain `make`.  A distribution has flags of its own for
# this.  Ours come before them, so that theirs win, and FORTIFY, which would be a macro
# defined twice, is left to whoever names it.  `make HARDEN=no` adds nothing.

HARDEN ?= yes
ifeq ($(HARDEN),yes)

# cc_knows FLAGS: "yes" if the compiler takes them without a word
cc_knows = $(shell $(CC) -O2 $(1) -Werror -include features.h -x c -S -o /dev/null \
	/dev/null 2> /dev/null && echo yes)
# known FLAGS: those that it takes; in one call if it takes all
known = $(if $(call cc_knows,$(1)),$(1),$(foreach \
	flag,$(1),$(if $(call cc_knows,$(flag)),$(flag))))

# Returns and jumps, as the architecture has it
HARDEN_CF := $(if $(filter arm64 aarch64,$(A) $(shell uname -m)),-mbranch-protection=standard,-fcf-protection)
HARDEN_CFLAGS := $(call known,-fPIE -fstack-protector-strong -fstack-clash-protection $(HARDEN_CF))
# Level 3 needs GCC 12 or clang.  FORTIFY does nothing, and warns, without optimization.
ifneq ($(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS)))),)
ifeq ($(findstring _FORTIFY_SOURCE,$(CFLAGS) $(CPPFLAGS)),)
HARDEN_CPPFLAGS := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if \
	$(call cc_knows,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3),3,2)
endif
endif

override CFLAGS := $(HARDEN_CFLAGS) $(CFLAGS)
override CPPFLAGS := $(HARDEN_CPPFLAGS) $(CPPFLAGS)
override LDFLAGS := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack $(LDFLAGS)
endif
