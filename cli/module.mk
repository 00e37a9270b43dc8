# SPDX-License-Identifier: GPL-2.0-only
# s2ctl; the top Makefile sets A, O and P and reads this once for each A.

CLI_SRCS := $(filter-out cli/gen-completions.c,$(wildcard cli/*.c))
CLI_OBJS := $(CLI_SRCS:%.c=$O/%.o)
CLI_PKGS := smartcols json-c libmnl libudev

$P/s2ctl: $(CLI_OBJS) $P/libs2ctl.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

# The completions are written by a program made from the same tables.
$P/gen-completions: $(filter-out %/main.o,$(CLI_OBJS)) $O/cli/gen-completions.o \
		$P/libs2ctl.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

ALL += $P/s2ctl
ifeq ($A,native)
ALL += $P/gen-completions

completions: build/gen-completions	## write completions/ anew
	build/gen-completions bash < completions/s2ctl.bash.in > completions/s2ctl.bash
	build/gen-completions zsh < completions/_s2ctl.in > completions/_s2ctl
	build/gen-completions fish < completions/s2ctl.fish.in > completions/s2ctl.fish

.PHONY: completions
endif
