# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Which QEMU the lab uses, stated here and nowhere else: version 10 or later.
# Its `max` has FEAT_DIC beside FEAT_S2FWB, and since version 9 an unaligned
# access through a stage-2 Device mapping faults, which tests depend on.
# Debian 13's own QEMU is new enough.  Debian 12's (7.2) is not, so there the
# lab takes bookworm-backports' packages, unpacked into the cache: the machine
# keeps its QEMU (whose package pulls in the libraries that both need).

QEMU_MIN=10

qemu_major()
{
	"$@" --version 2> /dev/null | sed -n '1s/.* version \([0-9]*\).*/\1/p'
}

qemu_unpack()
{
	local -a wanted

	mapfile -t wanted < <(packages qemu)
	((${#wanted[@]})) || die "needs QEMU $QEMU_MIN or later," \
		"and knows no package for $(debian_release)"
	unpack_packages "$CACHE/apt-qemu" "$(debian_arch)" -backports \
		"$1" "${wanted[@]}"
}

qemu_fetch()
{
	[[ -x $1/usr/bin/qemu-system-aarch64 ]] ||
		step "fetching QEMU $QEMU_MIN" qemu_unpack "$1"
}

# Leaves the command in the array QEMU; fetches the packages if need be.
qemu_find()
{
	local major root

	if [[ ${S2CTL_QEMU:-} ]]; then
		read -r -a QEMU <<< "$S2CTL_QEMU"
		return
	fi
	QEMU=(qemu-system-aarch64)
	major=$(qemu_major "${QEMU[@]}")
	if ((${major:-0} >= QEMU_MIN)); then
		return
	fi
	root=$CACHE/qemu-$QEMU_MIN-$(debian_release)-$(debian_arch)
	QEMU=("$root/usr/bin/qemu-system-aarch64" -L "$root/usr/share/qemu")
	[[ -x ${QEMU[0]} ]] && return
	with_lock qemu qemu_fetch "$root"
}
