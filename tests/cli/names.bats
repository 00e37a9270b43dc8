# SPDX-License-Identifier: GPL-2.0-only
# One spelling of names that VMs' owners chose, in every output and back.

load common

@test "every output has the one spelling, and it finds the VM" {
	python3 "$root/tests/cli/check-names" "$s2ctl" "$fixtures/two.json"
}

@test "without a name there is none" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'][0]['name'] = ''" > none.json
	s2json --from none.json list -j
	holds vms.0.name null
	s2 --from none.json list -n -r -o ID,NAME
	[[ $output == $'1 -\n2 -' ]]
	s2 --from none.json show name:
	expect_usage "no such VM: 'name:'"
}

@test "a table ends in any locale, whatever the name" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'][0]['name'] = 'caf\u00e9 \u65e5\u672c'" > wide.json
	for locale in C POSIX C.UTF-8; do
		LC_ALL=$locale run --separate-stderr timeout 60 "$s2ctl" \
			--from wide.json list -o NAME,ID -n
		expect_status 0
		case $locale in
		C.UTF-8) [[ ${lines[0]} == 'café 日本 '* ]] ;;
		*) [[ ${lines[0]} == 'caf\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac '* ]] ;;
		esac
	done
	# In cells: nine for the name, two for the number, as its heading has.
	LC_ALL=C.UTF-8 s2 --from wide.json list -o NAME,ID
	[[ ${lines[0]} == 'NAME      ID' ]]
	[[ ${lines[1]} == 'café 日本  1' ]]
	[[ ${lines[2]} == '-          2' ]]
}

@test "libvirt's hook says a domain's name likewise" {
	for name in $'a\eb' 'a\x1bb'; do
		run --separate-stderr "$s2ctl" hook libvirt "$name" prepare begin - \
			<<< 'no XML'
		expect_status 1
		case $name in
		*$'\e'*) expect_one_line "domain 'a\\x1bb':1: not XML" ;;
		*) expect_one_line "domain 'a\\x5cx1bb':1: not XML" ;;
		esac
	done
}
