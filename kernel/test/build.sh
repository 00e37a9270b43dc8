# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Making in the build tree beside lab/kernel's.  Sourced, with SRC and BUILD set.

# shellcheck source=lab/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lab/lib/common.sh"

kbuild()
{
	make --no-print-directory -C "$SRC" O="$BUILD" ARCH=arm64 \
		CROSS_COMPILE="$(arm64_prefix)" LOCALVERSION= \
		KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=s2ctl -j"$(nproc)" "$@" \
		< /dev/null
}

# configure CONFIG: from the whole; options that were not known yet got lost.
# What make itself does for it asks nobody, and fails if something is missing.
configure()
{
	cmp -s "$1" "$BUILD/.config" || cp "$1" "$BUILD/.config"
}
