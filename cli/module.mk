# SPDX-License-Identifier: GPL-2.0-only
# s2ctl; the top Makefile sets A, O and P and reads this once for each A.

CLI_ROOMS := frame screen formats enforce commands
CLI_SRCS := cli/main.c $(foreach room,$(CLI_ROOMS),$(wildcard cli/$(room)/*.c))
CLI_OBJS := $(CLI_SRCS:%.c=$O/%.o)
# SYSTEMD=no: for systems that have no libsystemd, and whose init is another
SYSTEMD ?= yes
CLI_PKGS := smartcols libudev $(PROGRAM_PKGS)
ifeq ($(SYSTEMD),no)
override CPPFLAGS += -DWITHOUT_SYSTEMD
else
CLI_PKGS += libsystemd
endif

# SARIF says where the pages on rules are installed.  The stamp changes with the
# folder, so that `make install prefix=...` builds what knows it.
DOCDIR_STAMP := $O/docdir
$(shell mkdir -p $O; echo '$(docdir)' | cmp -s - $(DOCDIR_STAMP) || \
	echo '$(docdir)' > $(DOCDIR_STAMP))
$(CLI_OBJS) $O/cli/gen/gen-tables.o: override CPPFLAGS += -Icli
DOCDIR_DEF := -DS2CTL_DOCDIR='"$(docdir)"'
$O/cli/formats/sarif.o $O/san/cli/formats/sarif.o: override CPPFLAGS += $(DOCDIR_DEF)
$O/cli/formats/sarif.o: $(DOCDIR_STAMP)
$O/cli/formats/format-html.o: cli/formats/report.css

# In one step: another docdir makes it again, perhaps while somebody runs it.
$P/s2ctl: $(CLI_OBJS) $(LIB_A)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@.new $^ $(shell $(PKG_CONFIG) --libs $(CLI_PKGS))
	mv $@.new $@

# Completions and the manual's tables come from the tables of the program.
$P/gen-tables: $(filter-out %/main.o,$(CLI_OBJS)) $O/cli/gen/gen-tables.o \
		$(LIB_A)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

# The pages on rules come from the library's words.
$P/gen-rules: $O/cli/gen/gen-rules.o $(LIB_A)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(CLI_PKGS))

ALL += $P/s2ctl
ifeq ($A,native)
ALL += $P/gen-tables $P/gen-rules

# The same program with sanitizers, for tests that feed it hostile input.
build/asan/s2ctl: $(CLI_SRCS) $(PROGRAM_SRCS) $(LIB_SRCS) \
		$(wildcard cli/*/*.h cli/*/*.css lib/*.h lib/*/*.h lib/*/*/*.h \
		uapi/linux/*.h)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Icli $(DOCDIR_DEF) $(CFLAGS) -O1 \
		-U_FORTIFY_SOURCE -fsanitize=address,undefined \
		-fno-sanitize-recover=all -o $@.tmp $(filter %.c,$^) \
		$(shell $(PKG_CONFIG) --libs $(CLI_PKGS))
	mv $@.tmp $@

generated: build/gen-tables build/gen-rules	## write completions and manual tables anew
	build/gen-tables bash < completions/s2ctl.bash.in > completions/s2ctl.bash
	build/gen-tables zsh < completions/_s2ctl.in > completions/_s2ctl
	build/gen-tables fish < completions/s2ctl.fish.in > completions/s2ctl.fish
	build/gen-tables mdoc < man/s2ctl.json.5.in > man/s2ctl.json.5
	man/tables < man/libs2ctl.3.in > man/libs2ctl.3
	man/tables < man/kvm_s2.7.in > man/kvm_s2.7
	mkdir -p docs/rules
	rm -f docs/rules/*.md
	build/gen-rules docs/rules
	packaging/symbols $(VERSION) > build/symbols
	cp build/symbols packaging/debian/libs2ctl0.symbols

.PHONY: generated
endif
