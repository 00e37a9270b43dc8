# SPDX-License-Identifier: GPL-2.0-only

ifeq ($A,native)
build/tests/rss: tests/bench/rss.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $<

ALL += build/tests/rss
else
$(P)/rss: $(O)/tests/bench/rss.o
	$(CC) $(CFLAGS) -static -o $@ $^

ARM64_ALL += $(P)/rss
endif
