# SPDX-License-Identifier: GPL-2.0-only
# Completion in the real bash, as readline calls it.

load common

# Complete the last word of a line; the program is the one under test.
complete_line() {
	PATH=$BATS_TEST_TMPDIR/work:$PATH bash --norc -c '
		source "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_s2ctl
		printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$root/completions/s2ctl.bash" s2ctl "$@"
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	unset COLUMNS
	ln -sf "$s2ctl" s2ctl
}

@test "commands" {
	run complete_line ''
	[[ $output == *host* && $output == *snapshot* ]]
	run complete_line sh
	[[ $output == show ]]
	run complete_line --from file li
	[[ $output == list ]]
	run complete_line --color = never li
	[[ $output == list ]]
}

@test "options: the global ones, and those of the command" {
	run complete_line --fr
	[[ $output == --from ]]
	run complete_line list --no
	[[ $output == --noheadings ]]
	run complete_line show --ext
	[[ $output == --extents ]]
	run complete_line host --ext
	[[ -z $output ]]
}

@test "words that an option takes" {
	run complete_line audit --fail-on h
	[[ $output == high ]]
	run complete_line audit --fail-on = cri
	[[ $output == critical ]]
	run complete_line --color = ''
	[[ $output == $'auto\nalways\nnever' ]]
	run complete_line explain type --stage1 ''
	[[ $output == $'wb\nnc\ndevice' ]]
	run complete_line explain type --stage2 = n
	[[ $output == nc ]]
	run complete_line explain type --no
	[[ $output == --no-fwb ]]
	run complete_line explain cacheable
	[[ $output == cacheable-vma ]]
}

@test "columns, asked of the program" {
	run complete_line list -o pi
	[[ $output == PID ]]
	run complete_line list -o ID,uu
	[[ $output == ID,UUID ]]
	run complete_line list -o +uu
	[[ $output == +UUID ]]
	run complete_line show -o hp
	[[ -z $output ]]
	run complete_line show --extents -o hp
	[[ $output == HPA ]]
}

@test "every word of every table is accepted by the program" {
	for command in $(complete_line ''); do
		s2 help "$command"
		expect_status 0
	done
	for word in $(complete_line explain ''); do
		s2 explain "$word"
		expect_status 0
	done
	for column in $(complete_line list -o ''); do
		s2 list -o "$column" --list-columns
		expect_status 0
	done
}

@test "files, and commands after help" {
	touch host.json
	run complete_line --from ho
	[[ $output == host.json ]]
	run complete_line snapshot -o ho
	[[ $output == host.json ]]
	run complete_line help sn
	[[ $output == snapshot ]]
}

@test "subcommands, their options and what they take" {
	run complete_line policy ''
	[[ $output == $'get\nset\ncheck\napply' ]]
	run complete_line policy se
	[[ $output == set ]]
	run complete_line policy set --dr
	[[ $output == --dry-run ]]
	run complete_line policy get --dr
	[[ -z $output ]]
	run complete_line policy set --mode = ''
	[[ $output == $'audit\nenforce' ]]
	run complete_line policy set --class pf
	[[ $output == pfnmap-wb ]]
	run complete_line policy set no
	[[ $output == $'none\nnoexec' ]]
	run complete_line policy set noexec,lo
	[[ $output == noexec,locked ]]
	run complete_line policy get -o sco
	[[ $output == SCOPE ]]
}

@test "fish completes the same" {
	command -v fish > /dev/null || skip "fish is not installed"
	complete_fish() {
		PATH=$PWD:$PATH fish --no-config -c '
			source $argv[1]
			complete -C $argv[2]' "$root/completions/s2ctl.fish" "$1" |
			cut -f 1
	}
	[[ $(complete_fish 's2ctl sh') == show ]]
	[[ $(complete_fish 's2ctl --from x li') == list ]]
	[[ $(complete_fish 's2ctl list --no') == --noheadings ]]
	[[ $(complete_fish 's2ctl show --extents -o hp') == HPA ]]
	[[ $(complete_fish 's2ctl audit --fail-on h') == high ]]
	[[ $(complete_fish 's2ctl explain type --stage2 d') == device ]]
	[[ -z $(complete_fish 's2ctl host --ext') ]]
	[[ $(complete_fish 's2ctl policy se') == set ]]
	[[ $(complete_fish 's2ctl policy set --dr') == --dry-run ]]
	[[ $(complete_fish 's2ctl policy get -o sco') == SCOPE ]]
}

@test "bash runs nothing that a VM's owner chose as its name" {
	cd "$BATS_TEST_TMPDIR"
	mkdir bin
	printf '#!/bin/sh\n%s\n' "echo '7 z\$(touch\${IFS}pwned)'" > bin/s2ctl
	chmod +x bin/s2ctl
	PATH=$PWD/bin:$PATH run bash -c '
		. "$1"
		COMP_WORDS=(s2ctl show z) COMP_CWORD=2
		_s2ctl
		printf "%s\n" "${COMPREPLY[@]}"' - "$BATS_TEST_DIRNAME/../../completions/s2ctl.bash"
	[ ! -e pwned ]
	[ "$output" = 'z\$\(touch\$\{IFS\}pwned\)' ]
}
