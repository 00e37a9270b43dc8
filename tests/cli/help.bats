# SPDX-License-Identifier: GPL-2.0-only
# Help, versions and the completions, against the program's tables.

load common

@test "--help, -h and help print the same" {
	s2 --help
	expect_status 0
	[[ -z $stderr && $output == "Usage: s2ctl "* ]]
	long=$output
	s2 -h
	[[ $output == "$long" ]]
	s2 help
	[[ $output == "$long" ]]
}

@test "each command has help, in both forms, and mentions each of its options" {
	commands=$("$tables" plain <<< @tables@ | awk -F '\t' '!$2 { print $1 }')
	[[ $commands == *list* ]]
	[[ $commands == *"policy get"* ]]
	while read -r command; do
		# shellcheck disable=SC2086 # of a subcommand, two words
		s2 $command --help
		expect_status 0
		[[ $output == "Usage: s2ctl $command "* ]]
		long=$output
		# shellcheck disable=SC2086
		s2 help $command
		[[ $output == "$long" ]]
		while read -r option; do
			[[ $long == *" $option"* ]]
		done < <("$tables" plain <<< @tables@ |
			awk -F '\t' -v c="$command" '$1 == c && $2 { print $2 }')
	done <<< "$commands"
}

@test "help before a command is that command's" {
	s2 --help list
	expect_status 0
	[[ $output == "Usage: s2ctl list "* ]]
}

@test "help fits the width it is given" {
	COLUMNS=60 s2 show --help
	expect_status 0
	while IFS= read -r line; do
		[[ ${#line} -le 60 ]]
	done <<< "$output"
}

@test "--version and version" {
	s2 --version
	expect_status 0
	[[ $output =~ ^s2ctl\ [0-9]+\.[0-9] ]]
	s2 version
	expect_status 0
	[[ $output == *"libs2ctl "* && $output == *"JSON format"*1* ]]
	s2json version --json
	expect_status 0
}

@test "completions are not stale (make generated)" {
	for pair in bash:completions/s2ctl.bash zsh:completions/_s2ctl \
		fish:completions/s2ctl.fish; do
		file=$root/${pair#*:}
		diff <("$tables" "${pair%%:*}" < "$file.in") "$file"
	done
}

@test "the completions are valid in their shells" {
	bash -n "$root/completions/s2ctl.bash"
	for shell in zsh fish; do
		command -v "$shell" > /dev/null || skip "$shell is not installed"
	done
	zsh -n "$root/completions/_s2ctl"
	fish -n "$root/completions/s2ctl.fish"
}
