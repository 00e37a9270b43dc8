# SPDX-License-Identifier: GPL-2.0-only
# Wrong usage: one line, 64, and nothing on standard output.

load common

setup_file() {
	use_sanitizers
}

@test "no command" {
	s2
	expect_usage "no command"
}

@test "unknown commands, also beginnings of known ones" {
	for word in frobnicate li lists LIST show-map '' -; do
		s2 "$word"
		expect_usage "unknown command '$word'"
	done
}

@test "commands of later versions are unknown, not stubs" {
	for word in admit; do
		s2 "$word"
		expect_usage "unknown command '$word'"
	done
}

@test "subcommands: none, and unknown ones" {
	s2 policy
	expect_usage "policy: no subcommand given"
	for word in ge gets GET '' show; do
		s2 policy "$word"
		expect_usage "policy: unknown subcommand '$word'"
	done
	s2 help policy nope
	expect_usage "unknown subcommand 'policy nope'"
	s2 policy get --frobnicate
	expect_usage "policy get: unknown option '--frobnicate'"
	s2 policy --class=ram set noexec
	expect_usage "policy: unknown option '--class=ram'"
}

@test "unknown options" {
	s2 --frobnicate list
	expect_usage "unknown option '--frobnicate'"
	s2 list --frobnicate
	expect_usage "unknown option '--frobnicate'"
	s2 list -Z
	expect_usage "unknown option '-Z'"
	s2 host --extents
	expect_usage "unknown option '--extents'"
	s2 -o ID list
	expect_usage "unknown option '-o'"
}

@test "long options cannot be abbreviated" {
	s2 --js list
	expect_usage "unknown option '--js'"
	s2 list --no
	expect_usage "unknown option '--no'"
	s2 list --out=ID
	expect_usage "unknown option '--out=ID'"
	s2 list --out ID
	expect_usage "unknown option '--out'"
	s2 show --ext
	expect_usage "unknown option '--ext'"
}

@test "options that lack an argument, or have one too many" {
	s2 --from
	expect_usage "needs an argument"
	s2 list -o
	expect_usage "needs an argument"
	s2 --json=yes list
	expect_usage "takes no argument"
	s2 --from= list
	expect_usage "is empty"
	s2 list -o ''
	expect_usage "is empty"
}

@test "arguments that are not among those accepted" {
	s2 --color=sometimes list
	expect_usage "'sometimes'"
	s2 --color list
	expect_usage "'list'"
	s2 audit --fail-on=bad
	expect_usage "'bad'"
	s2 audit --fail-on=high,low
	expect_usage "'high,low'"
	s2 audit --fail-on=3
	expect_usage "'3'"
}

@test "arguments where there are none" {
	for command in host list snapshot version; do
		s2 "$command" extra
		expect_usage "$command: unexpected argument 'extra'"
	done
	s2 help list extra
	expect_usage "unexpected argument 'extra'"
}

@test "unknown columns" {
	for columns in NOPE ID,NOPE +NOPE ID,,PID 'ID,' ',ID' 'ID PID' I 'ID,+PID'; do
		s2 list -o "$columns"
		expect_usage "unknown column"
	done
	s2 show --extents -o NOPE
	expect_usage "unknown column 'NOPE'"
	s2 audit -o COMM
	expect_usage "unknown column 'COMM'"
}

@test "a great many columns" {
	s2 list -o "$(printf 'ID,%.0s' {1..999})ID"
	expect_usage "columns"
}

@test "a map and a table exclude each other" {
	s2 show --map -o SLOT
	expect_usage "--map"
	s2 show --map --extents
	expect_usage "--map"
}

@test "help: unknown command" {
	s2 help nope
	expect_usage "unknown command 'nope'"
}

@test "explain: unknown word" {
	s2 explain S2-999
	expect_usage "unknown word 'S2-999'"
	s2 explain wb S2
	expect_usage "unknown word 'S2'"
}

@test "no JSON where there is none" {
	s2 help --json
	expect_usage "no JSON"
}

@test "what was typed cannot reach the terminal as a control sequence" {
	s2 $'\e[31mlist\a\r'
	expect_usage '\x1b[31mlist\x07\x0d'
	s2 list -o $'\e]0;title\a'
	expect_usage '\x1b]0;title\x07'
	s2 explain $'a\nb'
	expect_usage 'a\x0ab'
	s2 explain $'\xff\xfe'
	expect_usage '\xff\xfe'
	s2 explain $'evil\xe2\x80\xaetxt'
	expect_usage 'evil\xe2\x80\xaetxt'
}
