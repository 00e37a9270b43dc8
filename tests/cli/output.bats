# SPDX-License-Identifier: GPL-2.0-only
# Output that cannot be written, colours, and forms of tables.

load common

commands=(host list show audit snapshot explain help version)

@test "a full disk: one line and 1, for every command and form" {
	for command in "${commands[@]}"; do
		run --separate-stderr bash -c '"$1" --from "$2" $3 > /dev/full' \
			bash "$s2ctl" "$fixtures/two.json" "$command"
		expect_status 1
		expect_one_line "No space left on device"
	done
	for command in host list show audit explain; do
		run --separate-stderr bash -c '"$1" --from "$2" -j $3 > /dev/full' \
			bash "$s2ctl" "$fixtures/two.json" "$command"
		expect_status 1
		expect_one_line "No space left on device"
	done
}

@test "a full disk, with more output than a buffer holds" {
	make_large
	for form in 'show -j' 'show --extents' snapshot; do
		run --separate-stderr bash -c '"$1" --from "$2" $3 > /dev/full' \
			bash "$s2ctl" "$large" "$form"
		expect_status 1
		expect_one_line "cannot write standard output"
	done
}

@test "a closed pipe: one line and 1" {
	make_large
	for form in list 'show -j' 'show --extents' snapshot; do
		run --separate-stderr bash -c '
			"$1" --from "$2" $3 | exec true
			exit "${PIPESTATUS[0]}"' \
			bash "$s2ctl" "$large" "$form"
		# What fits the pipe before the reader goes was written.
		[[ $form == list && $status -eq 0 ]] || {
			expect_status 1
			expect_one_line "Broken pipe"
		}
	done
}

@test "a closed standard output is an error, and no file is hit instead" {
	for command in "${commands[@]}"; do
		run bash -c '"$1" --from "$2" $3 >&-' \
			bash "$s2ctl" "$fixtures/two.json" "$command"
		expect_status 1
		[[ $output == "s2ctl: "* ]]
	done
}

@test "a closed standard input and standard error" {
	run bash -c '"$1" --from - list <&-' bash "$s2ctl"
	expect_status 1
	run bash -c '"$1" --from "$2" list 2>&-' bash "$s2ctl" "$fixtures/two.json"
	expect_status 0
}

@test "colour only where it is wanted" {
	esc=$'\e['
	for command in list show 'show --map' 'show --extents' audit host; do
		read -ra words <<< "$command"
		s2 --from "$fixtures/two.json" "${words[@]}"
		[[ $output != *"$esc"* ]]
		NO_COLOR=1 s2 --from "$fixtures/two.json" "${words[@]}"
		[[ $output != *"$esc"* ]]
		s2 --from "$fixtures/two.json" --color=never "${words[@]}"
		[[ $output != *"$esc"* ]]
		s2 --from "$fixtures/two.json" --color=always --json "${words[@]}"
		[[ $output != *"$esc"* ]]
	done
	for command in show 'show --map' 'show --extents'; do
		read -ra words <<< "$command"
		s2 --from "$fixtures/two.json" --color=always "${words[@]}"
		[[ $output == *"$esc"* ]]
		NO_COLOR=1 s2 --from "$fixtures/two.json" --color=always "${words[@]}"
		[[ $output == *"$esc"* ]]
	done
}

@test "on a terminal: colour, unless NO_COLOR or TERM=dumb say otherwise" {
	esc=$'\e['
	command -v script > /dev/null || skip "script(1) is not installed"
	line="$s2ctl --from $fixtures/two.json show --map"
	run env TERM=xterm script -qec "$line" /dev/null
	[[ $output == *"$esc"* ]]
	run env TERM=xterm NO_COLOR= script -qec "$line" /dev/null
	[[ $output == *"$esc"* ]]
	run env TERM=xterm NO_COLOR=1 script -qec "$line" /dev/null
	[[ $output != *"$esc"* ]]
	run env TERM=dumb script -qec "$line" /dev/null
	[[ $output != *"$esc"* ]]
}

@test "columns, in the order given, in any case" {
	s2 --from "$fixtures/two.json" list -n -r -o pid,ID
	expect_status 0
	[[ $output == $'1200 1\n1300 2' ]]
	s2 --from "$fixtures/two.json" list -r -o ID
	[[ $output == $'ID\n1\n2' ]]
	s2 --from "$fixtures/two.json" list -r -o +UUID
	[[ $(head -n 1 <<< "$output") == "ID "*" UUID" ]]
	s2 --from "$fixtures/two.json" list -n -r -o ID,ID
	[[ $output == $'1 1\n2 2' ]]
}

@test "options before and after the command mean the same" {
	s2 --from "$fixtures/two.json" --json list
	first=$output
	s2 list --json --from "$fixtures/two.json"
	[[ $output == "$first" ]]
	s2 -j list --from="$fixtures/two.json"
	[[ $output == "$first" ]]
}

@test "sizes: human in tables, bytes when raw" {
	s2 --from "$fixtures/two.json" show -n -o BYTES 1
	[[ $output == *512M* ]]
	s2 --from "$fixtures/two.json" show -n -r -o BYTES 1
	[[ $output == *536870912* ]]
}

@test "--list-columns needs no host, and names what -o accepts" {
	for command in list show 'show --extents' audit; do
		read -ra words <<< "$command"
		s2 "${words[@]}" --list-columns
		expect_status 0
		columns=$(grep -o '^[A-Z_0-9]*' <<< "$output" | paste -s -d ,)
		[[ $columns == *,* ]]
		s2 --from "$fixtures/two.json" "${words[@]}" -r -o "$columns"
		[[ $status -eq 0 || $status -eq 2 ]]
		[[ -n $output ]]
	done
}

@test "JSON: pretty and compact hold the same; -p implies -j" {
	s2json --from "$fixtures/two.json" show -j
	compact=$(python3 -m json.tool out.json)
	s2json --from "$fixtures/two.json" show -p
	[[ $(python3 -m json.tool out.json) == "$compact" ]]
	[[ $(wc -l < out.json) -gt 10 ]]
}

@test "--verbose says on standard error what was read, and changes nothing else" {
	s2 --from "$fixtures/two.json" show
	plain=$output
	s2 --from "$fixtures/two.json" -v show
	expect_status 0
	expect_one_line "read from snapshot: VMs 2, slots 4, extents 8, problems 0"
	[[ $output == "$plain" ]]
}

@test "on a narrow terminal no word is broken" {
	command -v script > /dev/null || skip "script(1) is not installed"
	run env TERM=dumb script -qec \
		"stty cols 50; $s2ctl --from $fixtures/two.json audit" /dev/null
	[[ $output == *"prefetchable BAR 2 of 0000:00:03.0 is mapped device"* ]]
	[[ $output == *S2-006* ]]
}
