# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages without touching the machine: apt with lists, cache and status of
# its own, on the mirrors that the machine itself uses.

# "URI SUITE COMPONENT" of each Debian index apt knows on this machine.
debian_indexes()
{
	# shellcheck disable=SC2016
	local -a show=(apt-get indextargets --format
		'$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages')
	local found

	found=$("${show[@]}" 'Origin: Debian')
	# Before the first apt-get update nothing tells whose an index is.
	[[ $found ]] || found=$("${show[@]}" --no-release-info)
	sort -u <<< "$found"
}

# debian_sources SUFFIX [RELEASE]: "deb" lines for this machine's mirrors, for
# its release or another; with a suffix, only that suite (-backports).
debian_sources()
{
	local suffix=$1 here uri suite component key='' release
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	here=$(debian_release)
	release=${2:-$here}
	[[ ! -r $keyring ]] || key="[signed-by=$keyring] "
	while read -r uri suite component; do
		case $component/$suite in
		main/"$here") suite=$release$suffix ;;
		main/"$here-updates" | main/"$here-security")
			[[ ! $suffix ]] || continue
			suite=${suite/#$here/$release}
			;;
		*) continue ;;
		esac
		printf 'deb %s%s %s main\n' "$key" "$uri" "$suite"
	done < <(debian_indexes)
}

APT_RELEASE=	# where that is not the machine's

# private_options DIR ARCH: leaves in the array PRIVATE what makes an apt tool use
# the lists, cache and status in DIR.
private_options()
{
	local dir=$1 arch=$2

	PRIVATE=(-q
		-o APT::Architecture="$arch" -o APT::Architectures="$arch"
		-o APT::Sandbox::User=root
		-o Acquire::Languages=none
		-o Dir::Etc::sourcelist="$dir/sources.list"
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State::lists="$dir/lists"
		-o Dir::State::status=/dev/null
		-o Dir::Cache="$dir/cache"
		-o pkgCacheGen::Essential=none)
}

# private_apt DIR ARCH SUFFIX APT-GET-ARGUMENTS...
private_apt()
{
	local dir=$1 arch=$2 suffix=$3
	local -a PRIVATE
	shift 3

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/etc"
	if [[ ! -s $dir/sources.list ]]; then
		debian_sources "$suffix" ${APT_RELEASE:+"$APT_RELEASE"} \
			> "$dir/sources.list"
		[[ -s $dir/sources.list ]] ||
			die "apt knows no Debian mirror; run apt-get update once"
	fi
	private_options "$dir" "$arch"
	apt-get "${PRIVATE[@]}" "$@"
}

# private_names DIR ARCH PREFIX: the packages of these lists whose name begins so.
private_names()
{
	local -a PRIVATE

	private_options "$1" "$2"
	apt-cache "${PRIVATE[@]}" pkgnames "$3"
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

# fetch_all DIR ARCH DEBS PACKAGE...: the packages and all they depend on, as
# files in the folder DEBS.
fetch_all()
{
	local dir=$1 arch=$2 debs=$3
	shift 3

	rm -rf "$dir"
	private_apt "$dir" "$arch" '' update
	private_apt "$dir" "$arch" '' install -y --no-install-recommends \
		--download-only "$@"
	mkdir -p "${debs%/*}"
	rm -rf "$debs"
	mv "$dir/cache/archives" "$debs"
	rm -rf "$dir"
}
