# SPDX-License-Identifier: GPL-2.0-only
# monitor, as far as that goes without a kernel that has policies.

load common

setup_file() {
	use_sanitizers
}

@test "refused without support" {
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	s2 monitor
	expect_status 3
	[[ -z $output ]]
	expect_one_line "no policies"
	s2 monitor --json
	expect_status 3
	[[ -z $output ]]
}

@test "wrong usage" {
	s2 --from "$fixtures/two.json" monitor
	expect_usage "nothing happens in a snapshot"
	s2 monitor --pretty
	expect_usage "one object a line"
	s2 monitor -o NOPE
	expect_usage "unknown column 'NOPE'"
}

@test "columns" {
	s2 monitor --list-columns
	expect_status 0
	[[ $output == *"EVENT "* && $output == *"WOULD_DENY "* ]]
}
