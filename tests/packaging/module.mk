# SPDX-License-Identifier: GPL-2.0-only
# Not part of make check: they build packages, some of them twice, and take ten
# minutes on two idle cores.

PACKAGE_TESTS += $(addprefix tests/packaging/,deb rpm root)

ifeq ($A,native)
check-packages:	## build packages, install, upgrade and remove them in a clean Debian root
	@tests/run $(PACKAGE_TESTS)

.PHONY: check-packages
endif
