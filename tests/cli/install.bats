# SPDX-License-Identifier: GPL-2.0-only
# make install: every file in its place and with its mode, nothing anywhere else,
# and what files say of each other.  Packages are made of it: what is in which
# package, tests/packaging asks.
# shellcheck disable=SC2154 # root: common.bash

load common

# Another docdir makes the program again, so this has a tree of its own.
setup_file() {
	local root
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export tree=$BATS_FILE_TMPDIR/tree
	mkdir "$tree" "$tree/build"
	tar -C "$root" --exclude-vcs --exclude=./build -cf - . | tar -C "$tree" -xf -
	cp -a "$root"/build/{s2ctl,libs2ctl.*,gen-tables,gen-rules} "$tree/build"
	mkdir "$tree/build/native"
	cp -a "$root"/build/native/{cli,lib,docdir} "$tree/build/native"
}

# DESTDIR VARIABLE=VALUE...
install_to() {
	MAKEFLAGS='' make -s -C "$tree" install DESTDIR="$1" "${@:2}"
}

# What is installed, by prefix P and folder of configuration E
expected() {
	local P=$1 E=$2 L=$3 Z=$4 page

	cd "$tree" || return
	cat <<- END
	$E/libvirt/hooks/qemu.d/50-s2ctl 755
	$P/bin/s2ctl 755
	$P/bin/s2ctl-kernel 755
	$P/include/s2ctl.h 644
	$L/libs2ctl.a 644
	$L/libs2ctl.so.0.1.0 755
	$L/pkgconfig/s2ctl.pc 644
	$P/lib/systemd/catalog/s2ctl.catalog 644
	$P/lib/systemd/system/s2ctl-enforce.service 644
	$P/lib/sysusers.d/s2ctl.conf 644
	$P/lib/tmpfiles.d/s2ctl.conf 644
	$P/lib/udev/rules.d/60-s2ctl.rules 644
	$P/share/bash-completion/completions/s2ctl 644
	$P/share/fish/vendor_completions.d/s2ctl.fish 644
	$Z/_s2ctl 644
	$P/share/s2ctl/examples/00-example.json 644
	$P/share/s2ctl/examples/example-domain.xml 644
	$P/share/s2ctl/examples/waivers.json 644
	$P/share/s2ctl/prometheus/s2ctl-dashboard.json 644
	$P/share/s2ctl/prometheus/s2ctl.rules.yml 644
	$P/share/s2ctl/schema/s2ctl-1.schema.json 644
	$P/share/s2ctl/schema/s2ctl-domain-1.rng 644
	$P/share/s2ctl/schema/s2ctl-policy-1.schema.json 644
	$P/share/s2ctl/schema/s2ctl-waivers-1.schema.json 644
	$P/share/s2ctl/kernel/apply 755
	$P/share/s2ctl/kernel/export 755
	END
	for page in man/*.[1-8]; do
		echo "$P/share/man/man${page##*.}/${page#man/} 644"
	done
	find docs/rules -type f -printf "$P/share/doc/s2ctl/rules/%P 644\n"
	find kernel/tree kernel/hooks kernel/changes kernel/lib.sh kernel/series \
		kernel/cover-letter uapi -type f -printf "$P/share/s2ctl/%p 644\n"
}

installed() {
	(cd "$1" && find . -type f -printf '/%P %m\n')
}

@test "every file is in its place with its mode, whatever the umask" {
	(umask 077 && install_to "$PWD/root")
	diff <(expected /usr/local /etc /usr/local/lib \
			/usr/local/share/zsh/site-functions | sort) \
		<(installed root | sort)
	# Folders, too; the one of policies is empty.
	mkdir -p root
	[[ -z $(find root -mindepth 1 -type d ! -perm 755) ]]
	[[ -d root/etc/s2ctl/policy.d && -z $(ls root/etc/s2ctl/policy.d) ]]
	diff - <(find root -type l -printf '%P %l\n' | sort) <<- 'END'
	usr/local/lib/libs2ctl.so libs2ctl.so.0
	usr/local/lib/libs2ctl.so.0 libs2ctl.so.0.1.0
	END
}

@test "folders can be named one by one, and a second time changes nothing" {
	paths=(prefix=/usr libdir=/usr/lib/aarch64-linux-gnu
		zshcompdir=/usr/share/zsh/vendor-completions)
	install_to "$PWD/root" "${paths[@]}"
	diff <(expected /usr /etc /usr/lib/aarch64-linux-gnu \
			/usr/share/zsh/vendor-completions | sort) \
		<(installed root | sort)
	cp -a root once
	install_to "$PWD/root" "${paths[@]}"
	diff -r once root
	diff <(installed once | sort) <(installed root | sort)
}

@test "nothing goes to where DESTDIR is not" {
	install_to "$PWD/root" prefix="$PWD/out/usr" sysconfdir="$PWD/out/etc"
	[[ ! -e out ]]
	[[ -x root$PWD/out/usr/bin/s2ctl ]]
	[[ $(ls root) == "$(cut -d / -f 2 <<< "$PWD")" ]]
}

@test "files say where other files are" {
	install_to "" prefix="$PWD/usr" sysconfdir="$PWD/etc" libdir="$PWD/usr/lib64"
	refute grep -rIE '@[a-z]+@' usr/bin usr/lib usr/lib64/pkgconfig etc
	grep -qx "ExecStart=$PWD/usr/bin/s2ctl enforce .*" \
		usr/lib/systemd/system/s2ctl-enforce.service
	grep -qx "libdir=$PWD/usr/lib64" usr/lib64/pkgconfig/s2ctl.pc
	[[ $(PKG_CONFIG_PATH=usr/lib64/pkgconfig pkg-config --modversion s2ctl) == \
		"$(usr/bin/s2ctl version | awk '$1 == "s2ctl" { print $2 }')" ]]
	# SARIF names the page on a rule.
	page=$(usr/bin/s2ctl --from "$fixtures/two.json" audit --format sarif |
		grep -o "$PWD/usr/share/doc/s2ctl/rules/S2-006.md" | head -n 1)
	[[ -e $page ]]
}

@test "libvirt's hook calls the program that was installed with it" {
	install_to "" prefix="$PWD/usr" sysconfdir="$PWD/etc"
	hook=etc/libvirt/hooks/qemu.d/50-s2ctl
	printf '#!/bin/sh\necho "$@"; cat; exit 7\n' > usr/bin/s2ctl

	run -7 "$hook" 'a, b' prepare begin - <<< '<domain/>'
	[[ $output == $'hook libvirt -- a, b prepare begin -\n<domain/>' ]]
	run -0 "$hook" 'a, b' reconnect begin - <<< '<domain/>'
	# As a copy that dpkg or rpm leaves beside a file that was changed
	for copy in dpkg-dist dpkg-old rpmnew rpmsave; do
		cp "$hook" "$hook.$copy"
		run -0 "$hook.$copy" 'a, b' prepare begin - <<< '<domain/>'
		[[ -z $output ]]
	done
	# Its package is removed, and not purged
	rm usr/share/s2ctl/schema/s2ctl-domain-1.rng
	run -0 "$hook" 'a, b' prepare begin - <<< '<domain/>'
	[[ -z $output ]]
	install_to "" prefix="$PWD/usr" sysconfdir="$PWD/etc"
	rm usr/bin/s2ctl
	run -0 "$hook" 'a, b' prepare begin - <<< '<domain/>'
	[[ -z $output ]]
}

@test "s2ctl-kernel finds the series, and all files that it brings" {
	install_to "" prefix="$PWD/usr" sysconfdir="$PWD/etc"
	diff <(ls "$root/kernel/hooks") <(usr/bin/s2ctl-kernel bases)
	run -64 usr/bin/s2ctl-kernel frobnicate
	run -1 usr/bin/s2ctl-kernel apply "$PWD"
	[[ $output == *"does not hold the source of Linux" ]]
	# shellcheck source=kernel/lib.sh
	. "$root/kernel/lib.sh"
	diff <(commits) <(usr/bin/s2ctl-kernel commits)
	for commit in $(commits); do
		files_of "$commit"
	done | sort > files
	mkdir new
	git -C new init -q
	# shellcheck source=kernel/lib.sh
	(. usr/share/s2ctl/kernel/lib.sh && first_versions new)
	(cd new && find . -type f ! -path './.git/*' -printf '%P\n') | sort |
		diff files -
}

@test "versions are the same everywhere, and the list of symbols is not stale" {
	version=$(sed -n 's/^VERSION := //p' "$root/Makefile")
	[[ $(sed -n '1s/^s2ctl (\(.*\)) .*/\1/p' "$root/packaging/debian/changelog") == \
		"$version" ]]
	[[ $(sed -n 's/^Version: *//p' "$root/packaging/rpm/s2ctl.spec") == "$version" ]]
	grep -q "> - $version-1$" "$root/packaging/rpm/s2ctl.spec"
	# make generated writes it.
	"$root/packaging/symbols" "$version" |
		diff - "$root/packaging/debian/libs2ctl0.symbols"
}
