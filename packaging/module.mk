# SPDX-License-Identifier: GPL-2.0-only
# Packages are built from what is committed: see docs/packages.md.

DEB_FLAGS ?= -us -uc
RPM_FLAGS ?=

ifeq ($A,native)
deb:	## build the Debian packages into build/deb (DEB_FLAGS: dpkg-buildpackage)
	packaging/make-deb build/deb $(DEB_FLAGS)

rpm:	## build the RPM packages into build/rpm (RPM_FLAGS: rpmbuild)
	packaging/make-rpm build/rpm $(RPM_FLAGS)

.PHONY: deb rpm
endif
