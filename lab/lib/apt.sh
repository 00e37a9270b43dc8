# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages without touching the machine: apt with lists, cache and status of
# its own, on the mirrors that the machine itself uses.

# Debian sources of this machine as "deb" lines; with a suffix, only the main
# suite, and that suffix added to it (as in bookworm-backports).
debian_sources()
{
	local suffix=${1:-} uri suite component key='' line

	[[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]] &&
		key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' | sort -u |
	while read -r uri suite component; do
		[[ $component == main ]] || continue
		if [[ $suffix ]]; then
			[[ $suite == "$(debian_release)" ]] || continue
			suite+=$suffix
		fi
		line="deb $key$uri $suite $component"
		printf '%s\n' "$line"
	done
}

# private_apt DIR ARCH SUFFIX APT-GET-ARGUMENTS...
private_apt()
{
	local dir=$1 arch=$2 suffix=$3
	shift 3

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/etc"
	if [[ ! -s $dir/sources.list ]]; then
		debian_sources "$suffix" > "$dir/sources.list"
		[[ -s $dir/sources.list ]] ||
			die "apt knows no Debian mirror; run apt-get update once"
	fi
	apt-get -q \
		-o APT::Architecture="$arch" -o APT::Architectures="$arch" \
		-o APT::Sandbox::User=root \
		-o Dir::Etc::sourcelist="$dir/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State::lists="$dir/lists" \
		-o Dir::State::status=/dev/null \
		-o Dir::Cache="$dir/cache" \
		-o pkgCacheGen::Essential=none \
		"$@"
}

# unpack_packages DIR ARCH SUFFIX ROOT PACKAGE...: download and unpack.
unpack_packages()
{
	local dir=$1 arch=$2 suffix=$3 root=$4 deb
	shift 4

	rm -rf "$dir"
	mkdir -p "$dir/debs"
	private_apt "$dir" "$arch" "$suffix" update
	(cd "$dir/debs" && private_apt "$dir" "$arch" "$suffix" download "$@")
	rm -rf "$root.tmp" "$root"
	mkdir -p "$root.tmp"
	for deb in "$dir"/debs/*.deb; do
		dpkg-deb -x "$deb" "$root.tmp"
	done
	mv "$root.tmp" "$root"
	rm -rf "$dir"
}
