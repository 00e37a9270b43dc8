# SPDX-License-Identifier: GPL-2.0-only
# What the tests in the lab are made of: programs for its arm64 host, and the
# tests themselves, which run on this machine and boot it.

ifeq ($(A),arm64)
LAB_PROGS := $(P)/nlclient $(P)/failnth $(P)/policyrace $(P)/uevents \
	     $(P)/onpty $(P)/stillborn $(P)/corewalk

NLCLIENT_OBJS := $(addprefix $(O)/tests/lab/progs/,nlclient.o \
		   nlclient-policy.o)

# With the VMM's own VMs and guest
RACE_OBJS := $(addprefix $(O)/tests/lab/progs/,policyrace.o policyrace-nl.o \
	       policyrace-threads.o)
RACE_VMM_OBJS := $(addprefix $(O)/tests/vmm/,blob.o guest.o number.o slot.o \
		   testmem.o vfio.o vgic.o vm.o)

$(NLCLIENT_OBJS) $(RACE_OBJS) $(O)/tests/lab/progs/failnth.o: override CPPFLAGS += \
	$(shell $(PKG_CONFIG) --cflags libnl-genl-3.0)

# Debian 12 has these libraries in /lib.
$(P)/nlclient: $(NLCLIENT_OBJS)
$(P)/failnth: $(O)/tests/lab/progs/failnth.o
$(P)/policyrace: $(RACE_OBJS) $(RACE_VMM_OBJS)

$(P)/nlclient $(P)/failnth $(P)/policyrace:
	$(CC) $(CFLAGS) -pthread $(LDFLAGS) -L$(SYSROOT)/lib/aarch64-linux-gnu -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs libnl-genl-3.0)

$(P)/breaksock.so: tests/lab/progs/breaksock.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $<

$(P)/uevents: $(O)/tests/lab/progs/uevents.o
$(P)/onpty: $(O)/tests/lab/progs/onpty.o
$(P)/stillborn: $(O)/tests/lab/progs/stillborn.o

$(P)/corewalk: $(O)/tests/lab/progs/corewalk.o $(P)/libs2ctl.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(P)/uevents $(P)/onpty $(P)/stillborn:
	$(CC) $(CFLAGS) -static -o $@ $^

# A guest without a system.  What is not -fpie has no table of addresses, which
# nobody would relocate; it finds its data by the distance.
BARE_OBJS := $(O)/tests/lab/progs/bare-head.o $(O)/tests/lab/progs/bare.o

$(O)/tests/lab/progs/bare.o: override CFLAGS += -ffreestanding -fno-pie \
	-U_FORTIFY_SOURCE -mbranch-protection=none -fno-stack-protector -mgeneral-regs-only -mstrict-align

$(O)/tests/lab/progs/bare-head.o: tests/lab/progs/bare-head.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(P)/bare.img: $(BARE_OBJS)
	$(CC) -nostdlib -static -fno-pie -no-pie -Wl,-N,-Ttext=0,--build-id=none,--no-warn-rwx-segments,-e,head \
		-o $(O)/tests/lab/progs/bare $^
	$(OBJCOPY) -O binary $(O)/tests/lab/progs/bare $@

ARM64_ALL += $(LAB_PROGS) $(P)/breaksock.so $(P)/bare.img
endif

LAB_TESTS += $(addprefix tests/lab/,kept observe audit audit-live matrix matrix-64k \
	       edges stops vgic combine refuse events oracle kunit policy policy-matrix \
	       policy-edges policy-split policy-refused policy-race \
	       policy-burst policy-tool enforce selftests libvirt libvirt-policy \
	       core core-race core-refused)
DEBUG_TESTS := $(addprefix tests/lab/,debug debug-matrix debug-policy \
		 debug-policy-edges debug-policy-race debug-policy-refused \
		 faults)
