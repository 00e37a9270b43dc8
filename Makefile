# SPDX-License-Identifier: GPL-2.0-only
#
# s2ctl.  `make help` lists what can be made.  Folders say what they are made
# of in their module.mk, which is read once for each architecture:
#
#   A    native or arm64: what is being built for
#   O    where objects go			build/native  build/arm64
#   P    where programs and libraries go	build         build/arm64
#   CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG	set up for A
#
# and they append to
#
#   ALL          what `make` builds        ARM64_ALL   ... only for arm64
#   UNIT_TESTS   programs that print TAP, run on this machine
#   CLI_TESTS    bats files
#   LAB_TESTS    programs that print TAP and call lab/run
#   FUZZ_TESTS   programs that print TAP and run the fuzzers
#   BUILD_TESTS  those of UNIT_TESTS that are about what was built just now
#   PACKAGE_TESTS  programs that print TAP and build packages

VERSION := 0.1

prefix      ?= /usr/local
bindir      ?= $(prefix)/bin
libdir      ?= $(prefix)/lib
includedir  ?= $(prefix)/include
datadir     ?= $(prefix)/share
docdir      ?= $(datadir)/doc/s2ctl
mandir      ?= $(datadir)/man
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir  ?= $(datadir)/zsh/site-functions
fishcompdir ?= $(datadir)/fish/vendor_completions.d
sysconfdir  ?= /etc
policydir   ?= $(sysconfdir)/s2ctl/policy.d
hookdir     ?= $(sysconfdir)/libvirt/hooks/qemu.d
unitdir     ?= $(prefix)/lib/systemd/system
catalogdir  ?= $(prefix)/lib/systemd/catalog
tmpfilesdir ?= $(prefix)/lib/tmpfiles.d
sysusersdir ?= $(prefix)/lib/sysusers.d
udevdir     ?= $(prefix)/lib/udev/rules.d
DESTDIR     ?=
INSTALL     ?= install

A ?= native
O := build/$(A)
CFLAGS ?= -O2 -g
# Who packages has compilers that we do not know: WERROR= there.
WERROR ?= -Werror
override CFLAGS += -std=c11 -Wall -Wextra $(WERROR)
override CPPFLAGS += -D_GNU_SOURCE -Iuapi -Ilib -DS2CTL_VERSION='"$(VERSION)"'

ifeq ($(A),arm64)
P := $(O)
ifneq ($(shell uname -m),aarch64)
CC := aarch64-linux-gnu-gcc
AR := aarch64-linux-gnu-ar
OBJCOPY := aarch64-linux-gnu-objcopy
endif
OBJCOPY ?= objcopy
SYSROOT := $(shell lab/sysroot)
PKG_CONFIG := lab/arm64-pkg-config
override CPPFLAGS += -isystem $(SYSROOT)/usr/include
override LDFLAGS += -L$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-L$(SYSROOT)/lib/aarch64-linux-gnu \
	-Wl,-rpath-link,$(SYSROOT)/usr/lib/aarch64-linux-gnu \
	-Wl,-rpath-link,$(SYSROOT)/lib/aarch64-linux-gnu
else
P := build
PKG_CONFIG ?= pkg-config
endif

include harden.mk

ALL :=
ARM64_ALL :=
UNIT_TESTS :=
CLI_TESTS :=
FUZZ_TESTS :=
LAB_TESTS := lab/test-run
BUILD_TESTS :=
PACKAGE_TESTS :=

all: all-later	## build s2ctl and the library (A=arm64: for the lab)

# The lists below are complete only after the last include.
-include lib/module.mk cli/module.mk kernel/module.mk
-include tests/unit/module.mk tests/cli/module.mk
-include tests/fuzz/module.mk tests/vmm/module.mk tests/lab/module.mk tests/bench/module.mk
-include packaging/module.mk tests/packaging/module.mk

ifeq ($(A),arm64)
ALL += $(ARM64_ALL)
endif
all-later: $(ALL)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(O) -name '*.d' 2>/dev/null)

DEMO = --share lab --append hugepages=16 \
	--qemu -object --qemu memory-backend-ram,id=bar2,size=16M,share=on \
	--qemu -device --qemu ivshmem-plain,memdev=bar2,master=on -- /mnt/share/demo

demo:	## boot a kernel of Debian's with VMs, and show what s2ctl says there
	+@lab/prepare debian-6.12
	@lab/run --debian 6.12 $(DEMO) < /dev/null

demo-series:	## the same on the kernel series, which it builds, and policies
	+@lab/prepare series
	@lab/run $(DEMO) policy < /dev/null

check:	## run every test
	+@lab/prepare series stock series-64k debian-6.12 host
	+@$(MAKE) -s --no-print-directory -j$$(nproc) build/asan/s2ctl \
		all unit-tests fuzzers
	@tests/run $(LAB_TESTS) $(UNIT_TESTS) $(CLI_TESTS) $(FUZZ_TESTS) \
		lab/test-style lab/test-driver lab/test-tidy

# The plain unit tests, the command line without what takes longest of it, and two
# boots.  With the program as it is: that with sanitizers takes long to build.
QUICK_TESTS = $(BUILD_TESTS) lab/test-style tests/lab/observe tests/lab/audit-live \
	$(filter-out $(addprefix tests/cli/,audit-rules.bats completion.bats \
		format-html.bats prometheus-rules.bats prometheus-live),$(CLI_TESTS))

quick:	## run the tests that catch most, in two minutes
	+@lab/prepare series
	@$(MAKE) -s --no-print-directory -j$$(nproc) all \
		$(filter build/%,$(BUILD_TESTS))
	@S2CTL=$(CURDIR)/build/s2ctl OBSERVE_CPUS=max tests/run $(QUICK_TESTS)

unit-tests: $(UNIT_TESTS)

check-unit: all unit-tests	## run the unit tests
	@tests/run $(UNIT_TESTS) lab/test-style lab/test-driver

check-build: all	## run what a package's build can run: no lab, no sanitizers
	@$(MAKE) -s --no-print-directory $(filter build/%,$(BUILD_TESTS))
	@tests/run $(BUILD_TESTS)

check-cli: all	## run the tests of the command line
	@tests/run $(CLI_TESTS)

check-lab:	## run the tests that boot the lab
	+@lab/prepare series stock series-64k debian-6.12 host
	@tests/run -- $(LAB_TESTS)

check-debug:	## build the debugging kernel and run its tests: an hour
	+@lab/prepare debug
	@tests/run -- $(DEBUG_TESTS)

soak: soak-fuzz	## race and random tests, fuzzers: SOAK_MINUTES (60) each, SOAK_SEED
	+@lab/prepare
	@tests/lab/soak

check-fresh:	## make demo, demo-series and check in clean Debian 12 and 13 roots
	@lab/check-fresh

bench: all	## measure, in instructions: JSON, of the series and of audits
	+@lab/prepare series stock >&2
	@tests/bench/run
	@tests/bench/audit
	@tests/bench/read
	@tests/bench/live
	@tests/bench/core

# What files say of other files
SUBST = sed -e 's|@prefix@|$(prefix)|; s|@bindir@|$(bindir)|' \
	-e 's|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|' \
	-e 's|@datadir@|$(datadir)|; s|@version@|$(VERSION)|' \
	-e 's|@requires@|$(LIB_PKGS)|'

# Modes are said throughout: no umask gets in.
install: all	## install (prefix, DESTDIR and the like are understood)
	$(INSTALL) -D -m 755 build/s2ctl $(DESTDIR)$(bindir)/s2ctl
	$(INSTALL) -D -m 644 lib/s2ctl.h $(DESTDIR)$(includedir)/s2ctl.h
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(libdir) build/libs2ctl.a
	$(INSTALL) -D -m 755 -t $(DESTDIR)$(libdir) $(LIB_SO)
	cp -d --remove-destination build/libs2ctl.so.0 build/libs2ctl.so \
		$(DESTDIR)$(libdir)
	$(INSTALL) -d $(DESTDIR)$(libdir)/pkgconfig
	$(SUBST) lib/s2ctl.pc.in | $(INSTALL) -m 644 /dev/stdin \
		$(DESTDIR)$(libdir)/pkgconfig/s2ctl.pc
	for page in man/*.[1-8]; do \
		$(INSTALL) -D -m 644 -t $(DESTDIR)$(mandir)/man$${page##*.} \
			$$page || exit; \
	done
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(datadir)/s2ctl/schema \
		lib/schema/*.schema.json packaging/libvirt/s2ctl-domain-1.rng
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(datadir)/s2ctl/examples \
		packaging/policy.d/00-example.json packaging/waivers.json \
		packaging/libvirt/example-domain.xml
	$(INSTALL) -d -m 755 $(DESTDIR)$(policydir)
	$(INSTALL) -d $(DESTDIR)$(hookdir) $(DESTDIR)$(unitdir)
	$(SUBST) packaging/libvirt/50-s2ctl | $(INSTALL) -m 755 /dev/stdin \
		$(DESTDIR)$(hookdir)/50-s2ctl
	$(SUBST) packaging/systemd/s2ctl-enforce.service | $(INSTALL) -m 644 \
		/dev/stdin $(DESTDIR)$(unitdir)/s2ctl-enforce.service
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(catalogdir) \
		packaging/systemd/s2ctl.catalog
	$(INSTALL) -D -m 644 packaging/systemd/s2ctl.tmpfiles \
		$(DESTDIR)$(tmpfilesdir)/s2ctl.conf
	$(INSTALL) -D -m 644 packaging/systemd/s2ctl.sysusers \
		$(DESTDIR)$(sysusersdir)/s2ctl.conf
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(udevdir) packaging/udev/60-s2ctl.rules
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(datadir)/s2ctl/prometheus \
		packaging/prometheus/s2ctl.rules.yml \
		packaging/prometheus/s2ctl-dashboard.json
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(docdir)/rules docs/rules/*.md
	$(INSTALL) -D -m 644 completions/s2ctl.bash $(DESTDIR)$(bashcompdir)/s2ctl
	$(INSTALL) -D -m 644 completions/_s2ctl $(DESTDIR)$(zshcompdir)/_s2ctl
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(fishcompdir) completions/s2ctl.fish
	packaging/kernel/install "$(DESTDIR)$(datadir)/s2ctl"
	$(SUBST) packaging/kernel/s2ctl-kernel | $(INSTALL) -m 755 /dev/stdin \
		$(DESTDIR)$(bindir)/s2ctl-kernel

clean:	## remove what was built here (the lab's cache stays)
	rm -rf build

help:	## show this
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		sort -u | expand -t 14

.PHONY: all all-later demo demo-series check quick unit-tests check-unit check-build \
	check-cli check-lab check-debug check-fresh soak bench install clean help
.DELETE_ON_ERROR:
