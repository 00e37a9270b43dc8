# SPDX-License-Identifier: GPL-2.0-only
# hook libvirt and the hook itself, as far as that goes without a kernel that has
# policies; tests/lab/libvirt has the rest, with libvirt.

load common

setup_file() {
	use_sanitizers
}

# NAME [METADATA]: a domain's XML
domain() {
	cat <<- END
	<domain type='kvm'>
	  <name>$1</name>
	  <uuid>6a5a1fcd-2f0e-4f5b-9d5c-6a7d5c1c0b01</uuid>
	  <metadata>$2</metadata>
	</domain>
	END
}

policy="<s2:policy xmlns:s2='urn:s2ctl:domain:1'>
<s2:rule class='ram' constraints='require-fwb' mode='enforce'/></s2:policy>"

# NAME OPERATION SUBOPERATION: with standard input from xml
hook() {
	run --separate-stderr "$s2ctl" hook libvirt -- "$@" - < xml
}

silent() {
	expect_status 0
	[[ -z $output && -z $stderr ]]
}

@test "a domain without a policy is no concern of it" {
	domain web > xml
	for operation in prepare start started migrate restore reconnect stopped \
			release attach; do
		hook web $operation begin
		silent
	done
	hook web stopped end
	silent
}

@test "a policy that this host cannot honour" {
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	domain web "$policy" > xml
	for operation in prepare migrate restore; do
		hook web $operation begin
		expect_status 2
		[[ -z $output ]]
		expect_one_line "domain 'web': this host's kernel has no policies"
	done
	# That a guest which runs is ended would be worse.
	hook web reconnect begin
	expect_status 0
	# Nothing is asked any more.
	hook web stopped end
	silent
	hook web release end
	silent
}

@test "a policy that is wrong" {
	domain web "${policy/require-fwb/require-fbw}" > xml
	hook web prepare begin
	expect_status 1
	expect_one_line "domain 'web':5: constraints: 'require-fbw' is no constraint"
	echo "no XML" > xml
	hook web prepare begin
	expect_status 1
	expect_one_line "not XML"
	: > xml
	hook web prepare begin
	expect_status 1
	hook web reconnect begin
	expect_status 0
}

@test "names with all that libvirt lets pass" {
	for name in 'a, b' 'größe' '-x' '--help' "o'neil" '$(id)' '*' \
			$'tab\there'; do
		domain "${name//\'/&apos;}" > xml
		hook "$name" prepare begin
		silent
		domain x "${policy/noexec/what}" > xml
		hook "$name" reconnect begin
		expect_status 0
	done
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	domain x "$policy" > xml
	hook $'evil\e[2J' prepare begin
	expect_status 2
	[[ $stderr != *$'\e'* ]]
}

@test "whoever writes to it is not left with a broken pipe" {
	domain web > xml
	head -c 200000 /dev/zero | tr '\0' ' ' >> xml
	run bash -o pipefail -c "trap '' PIPE; cat xml | '$s2ctl' hook libvirt web stopped end -"
	expect_status 0
	[[ -z $output ]]
}

@test "wrong usage" {
	s2 hook libvirt
	expect_usage "are missing"
	s2 hook libvirt web prepare
	expect_usage "are missing"
	s2 --json hook libvirt web prepare begin -
	expect_usage "neither snapshots nor JSON"
	s2 hook
	expect_usage "no subcommand"
}

# The script that libvirt calls, with s2ctl in this folder.
install_hook() {
	sed "s|@bindir@|$PWD|; s|@datadir@|$PWD/share|" \
		"$root/packaging/libvirt/50-s2ctl" > 50-s2ctl
	chmod +x 50-s2ctl
	mkdir -p share/s2ctl/schema
	touch share/s2ctl/schema/s2ctl-domain-1.rng
}

@test "the hook passes on what it is given, and what comes of it" {
	install_hook
	cat > s2ctl <<- 'END'
	#!/bin/sh
	for a; do printf '<%s>\n' "$a"; done
	cat
	exit 2
	END
	chmod +x s2ctl
	run ./50-s2ctl "a b, 'c" prepare begin - <<< "the XML"
	expect_status 2
	[[ $output == "<hook>
<libvirt>
<-->
<a b, 'c>
<prepare>
<begin>
<->
the XML" ]]
	run ./50-s2ctl web reconnect begin - < /dev/null
	expect_status 0
	# Copies that packages leave, and what stays when a package is removed
	cp 50-s2ctl 50-s2ctl.dpkg-old
	run ./50-s2ctl.dpkg-old web prepare begin - < /dev/null
	expect_status 0
	rm share/s2ctl/schema/s2ctl-domain-1.rng
	run ./50-s2ctl web prepare begin - < /dev/null
	expect_status 0
	[[ -z $output ]]
	touch share/s2ctl/schema/s2ctl-domain-1.rng
	rm s2ctl
	run ./50-s2ctl web prepare begin - < /dev/null
	expect_status 0
	[[ -z $output ]]
}

# As AppArmor does for /usr/local: there, but not to be run
@test "a program that may not be run stops domains with a policy alone" {
	install_hook
	mkdir s2ctl
	domain web > plain
	domain web "<p:policy xmlns:p='urn:s2ctl:domain:1'>
		<p:rule class='ram' constraints='noexec' mode='enforce'/></p:policy>" \
		> own
	run --separate-stderr ./50-s2ctl web prepare begin - < plain
	expect_status 0
	[[ -z $output ]]
	run --separate-stderr ./50-s2ctl web prepare begin - < own
	expect_status 126
	[[ $stderr == *"$PWD/s2ctl: cannot be run; AppArmor lets hooks run what is in /usr/bin"* ]]
	run --separate-stderr ./50-s2ctl web reconnect begin - < own
	expect_status 0
	# What is needed to run it is not there
	rmdir s2ctl
	echo '#!/nonexistent' > s2ctl
	chmod +x s2ctl
	run --separate-stderr -0 ./50-s2ctl web prepare begin - < plain
	run --separate-stderr -127 ./50-s2ctl web prepare begin - < own
	[[ $stderr == *"cannot be run"* ]]
}

@test "the schema takes what the program takes, and nothing else" {
	command -v xmllint > /dev/null || skip "xmllint is not installed"
	valid() {
		xmllint --noout --relaxng "$root/packaging/libvirt/s2ctl-domain-1.rng" "$1"
	}
	# What is in the metadata is a document of its own for the schema.
	check() {
		echo "$1" > policy.xml
		domain web "$1" > xml
		hook web prepare begin
		if [[ $stderr == *"domain 'web':"[0-9]* ]]; then
			refute valid policy.xml
		else
			valid policy.xml
		fi
	}
	p() {
		echo "<p:policy xmlns:p='urn:s2ctl:domain:1'>$1</p:policy>"
	}
	for rule in "constraints='noexec' mode='audit'" \
			"constraints='noexec  floor=device' mode='enforce' class='io io-nc'" \
			"constraints='locked' mode='enforce' severity='low'" \
			"constraints='noexec' mode='audit' device='10de:* 8086:1234'" \
			"constraints='noexec' mode='audit' device='10de:*' class='io'" \
			"constraints='noexec' mode='audit' device='10de:*' class='ram'" \
			"constraints='noexec' mode='audit' device='10de'" \
			"constraints='force floor=nc' mode='enforce'" \
			"constraints='noexec'" "mode='audit'" \
			"constraints='' mode='audit'" \
			"constraints='noexec' mode='none'" \
			"constraints='noexec' mode='audit' class='vgic'" \
			"constraints='noexec' mode='audit' severity='worst'" \
			"constraints='noexec' mode='audit' klass='ram'"; do
		check "$(p "<p:rule $rule/>")"
	done
	check "$(p "<p:other/>")"
	check "$(p "<rule constraints='noexec' mode='audit'/>")"
	check "$(p "text")"
	valid <(sed -n "/<s2:policy/,/<.s2:policy/p" \
		"$root/packaging/libvirt/example-domain.xml")
	hook_example=$root/packaging/libvirt/example-domain.xml
	run "$s2ctl" hook libvirt gpu-1 start begin - < "$hook_example"
	expect_status 0
}
