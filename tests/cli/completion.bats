# SPDX-License-Identifier: GPL-2.0-only
# Completion: its answers, as readline asks for them; and in all three shells,
# with a terminal, keys, and what stands on the line then.

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

# SHELL LINE...: the lines after TAB, in the real shell.
in_shell() {
	local shell=$1 file
	shift

	case $shell in
	bash) file=s2ctl.bash ;;
	zsh) file=_s2ctl ;;
	fish) file=s2ctl.fish ;;
	esac
	LC_ALL=C.UTF-8 PATH=$PWD:$PATH python3 "$root/tests/cli/complete-line" \
		"$shell" "$root/completions/$file" "$@"
}

# SHELL < LINES: each line is what is typed, a tab, and what stands there then.
completes() {
	local -a typed
	cat > table
	mapfile -t typed < <(cut -f 1 table)
	in_shell "$1" "${typed[@]}" > got
	diff <(cut -f 2 table) got
}

need() {
	command -v "$1" > /dev/null || skip "$1 is not installed"
}

# A host: two.json, or $1.  All but lists of VMs is the real program's.
fake_host() {
	cp "${1:-$fixtures/two.json}" host.json
	rm -f s2ctl
	cat > s2ctl <<- END
	#!/bin/bash
	case " \$* " in
	*" --from "* | *" --list-columns "*) ;;
	*) set -- --from "$PWD/host.json" "\$@" ;;
	esac
	exec "$s2ctl" "\$@"
	END
	chmod +x s2ctl
}

# A table of what all shells complete alike
common_lines() {
	touch guest.json
	# What follows a path is in a snapshot, not on this host.
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['vms'] = [dict(d['vms'][0], id=77, name='other')]" > 'a b.json'
	cp "$fixtures/core.json" c.json
	tr '|' '\t' <<- 'END'
	s2ctl sh|s2ctl show
	s2ctl --from x li|s2ctl --from x list
	s2ctl --color=alw|s2ctl --color=always
	s2ctl list --no|s2ctl list --noheadings
	s2ctl show --extents -o hp|s2ctl show --extents -o HPA
	s2ctl list -o ID,uu|s2ctl list -o ID,UUID
	s2ctl audit --fail-on h|s2ctl audit --fail-on high
	s2ctl audit --fail-on=cri|s2ctl audit --fail-on=critical
	s2ctl explain type --stage2 d|s2ctl explain type --stage2 device
	s2ctl explain S2-00|s2ctl explain S2-00
	s2ctl explain cacheable-v|s2ctl explain cacheable-vma
	s2ctl host --ext|s2ctl host --ext
	s2ctl policy se|s2ctl policy set
	s2ctl policy set --dr|s2ctl policy set --dry-run
	s2ctl policy set --class pf|s2ctl policy set --class pfnmap-wb
	s2ctl policy set noe|s2ctl policy set noexec
	s2ctl policy set noexec,loc|s2ctl policy set noexec,locked
	s2ctl policy get -o sco|s2ctl policy get -o SCOPE
	s2ctl policy check gues|s2ctl policy check guest.json
	s2ctl --from gues|s2ctl --from guest.json
	s2ctl snapshot -o gues|s2ctl snapshot -o guest.json
	s2ctl snapshot --output=gues|s2ctl snapshot --output=guest.json
	s2ctl help sn|s2ctl help snapshot
	s2ctl show we|s2ctl show web
	s2ctl audit we|s2ctl audit web
	s2ctl monitor web we|s2ctl monitor web web
	s2ctl policy set --vm we|s2ctl policy set --vm web
	s2ctl policy set --vm=we|s2ctl policy set --vm=web
	s2ctl show pid:12|s2ctl show pid:1200
	s2ctl show pid:|s2ctl show pid:1
	s2ctl show name:|s2ctl show name:web
	s2ctl show uuid:c0|s2ctl show uuid:c0ffee00-0000-4000-8000-000000000001
	s2ctl show id:2|s2ctl show id:2
	s2ctl policy set --vm=pid:13|s2ctl policy set --vm=pid:1300
	s2ctl --from c.json show pid:90:|s2ctl --from c.json show pid:90:fd:5
	s2ctl --from c.json show pid:8|s2ctl --from c.json show pid:81
	s2ctl --from c.json show pid:81:|s2ctl --from c.json show pid:81:fd:
	s2ctl --from a\ b.json show |s2ctl --from a\ b.json show
	s2ctl --from a\ b.json show o|s2ctl --from a\ b.json show other
	s2ctl show --from a\ b.json o|s2ctl show --from a\ b.json other
	s2ctl show --from=a\ b.json o|s2ctl show --from=a\ b.json other
	s2ctl --from - show w|s2ctl --from - show w
	s2ctl --from nowhere.json show w|s2ctl --from nowhere.json show w
	s2ctl show nobo|s2ctl show nobo
	END
}

@test "bash: commands, options, words, columns, files and VMs" {
	fake_host
	completes bash < <(common_lines)
}

@test "zsh: the same" {
	need zsh
	fake_host
	completes zsh < <(common_lines)
}

@test "fish: the same" {
	need fish
	fake_host
	completes fish < <(common_lines)
}

# Every option of every command, and every word that one takes: all but its last
# letter is typed.  Where another word fits that as well, the test would prove
# nothing.
table_lines() {
	"$tables" plain <<< @tables@ | python3 -c '
import sys
rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
common = {row[1] for row in rows if row[0] == "s2ctl"}
def lines(before, words, eq=""):
    for word in words:
        begun = word[:-1]
        if all(w.startswith(word) or not w.startswith(begun) for w in words):
            longer = [w for w in words if w.startswith(begun)]
            if len(longer) == 1 or word in longer:
                yield f"{before}{begun}", f"{before}{word}{eq}"
for command in {row[0]: 0 for row in rows}:
    mine = [row for row in rows if row[0] == command and row[1]]
    line = "s2ctl " + ("" if command == "s2ctl" else command + " ")
    names = {row[1]: row[3] for row in mine}
    for got in lines(line, sorted(common | set(names))):
        if got[1].split()[-1] in names:
            print(*got, sep="\t")
    for row in mine:
        for got in lines(f"{line}{row[1]} ", row[4].split()):
            print(*got, sep="\t")
' > lines
	[[ $(wc -l < lines) -gt 60 ]]
	cat lines
}

# An option with an argument may get its "=".
completes_tables() {
	local -a typed
	table_lines > table
	mapfile -t typed < <(cut -f 1 table)
	in_shell "$1" "${typed[@]}" | sed 's/=$//' > got
	diff <(cut -f 2 table) got
}

@test "bash: every option and word of the program's tables" {
	fake_host
	completes_tables bash
}

@test "zsh: every option and word of the program's tables" {
	need zsh
	fake_host
	completes_tables zsh
}

@test "fish: every option and word of the program's tables" {
	need fish
	fake_host
	completes_tables fish
}

# Names that a VM's owner could choose to harm who completes them, spelled as
# snapshots have them.  Each is known by its first letter.
hostile_names() {
	cat <<- 'END'
	a b  c
	b'c"d
	c$(touch${IFS}pwned)
	d`touch${IFS}pwned`
	eäöü€日本
	f;touch pwned&&touch pwned|touch pwned>pwned
	g*?[a-z]{h,i}~!#^
	h\n\x5cx41\\
	m\x1b[31m\xe2\x80\xae
	ox41\x5cx1b\
	l$HOME$PATH
	j=k:l,m
	-rf
	12
	id:1
	0a0b0c0d-1111-2222-3333-444455556666
	k'$(touch pwned)'"$(touch pwned)"
	END
}

# The line is completed, and then run, with an s2ctl that says what it was given:
# it is the name, or one that means it.
names_survive() {
	local shell=$1 name line n=0 want
	local -a names typed run
	hostile_names > names
	mapfile -t names < names
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
names = open('names', encoding='utf-8').read().splitlines()
d['vms'] = [dict(d['vms'][0], id=i + 100, name=n) for i, n in enumerate(names)]
d['host']['vm_count'] = len(names)" > hostile.json
	fake_host hostile.json
	for name in "${names[@]}"; do
		case $name in
		[a-z]*:* | -* | [0-9]*)
			[[ $name == j* ]] && typed+=("s2ctl show j") ||
				typed+=("s2ctl show name:${name:0:2}")
			;;
		*) typed+=("s2ctl show ${name:0:1}") ;;
		esac
	done
	in_shell "$shell" "${typed[@]}" > got
	case $shell in
	bash) run=(bash --norc -c) ;;
	zsh) run=(zsh -fc) ;;
	fish) run=(fish --no-config -c) ;;
	esac
	mkdir echo
	printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' > echo/s2ctl
	chmod +x echo/s2ctl
	while IFS= read -r line; do
		name=${names[n++]}
		want=$name
		[[ $name != [-0-9]* && $name != id:* ]] || want=name:$name
		diff <(printf 'show\n%s\n' "$want") <(
			LC_ALL=C.UTF-8 PATH=$PWD/echo:$PATH "${run[@]}" "$line")
		# ... which the program takes for that VM.
		[[ $("$s2ctl" --from hostile.json list -n -r -o ID | sed -n "${n}p") == \
			$("$s2ctl" --from hostile.json show -n -r -o VM "$want" | sort -u) ]]
	done < got
	[[ $n -eq ${#names[@]} ]]
	# Listing all of them harms nobody either.
	in_shell "$shell" 's2ctl show ' 's2ctl policy set --vm ' > /dev/null
	[[ ! -e pwned ]]
}

@test "bash: names that would harm are quoted, and nothing of them is run" {
	names_survive bash
}

@test "zsh: names that would harm are quoted, and nothing of them is run" {
	need zsh
	names_survive zsh
}

@test "fish: names that would harm are quoted, and nothing of them is run" {
	need fish
	names_survive fish
}

# Without privilege, with a host that has no series, with a program that fails or
# is not there: nothing is completed, and nothing is printed.
quiet() {
	local shell=$1
	rm -f s2ctl
	printf '#!/bin/sh\necho "s2ctl: no privilege" >&2\nexit 3\n' > s2ctl
	chmod +x s2ctl
	SCREEN=screen in_shell "$shell" 's2ctl show w' 's2ctl list -o ui' > got
	diff - got <<- 'END'
	s2ctl show w
	s2ctl list -o ui
	END
	refute grep -q -e 'no privilege' -e rror screen
	rm s2ctl
	SCREEN=screen in_shell "$shell" 's2ctl show w' 's2ctl list -o ui' > got
	grep -qx 's2ctl show w' got
	refute grep -q -e 'not found' -e nknown -e rror screen
	# No identities, as without the series: the process is what names a VM.
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['id'] = d['vms'][1]['id'] = None
d['vms'][0]['pid'] = 4711
d['complete'] = False
d['problems'] = [{'code': 'no-series', 'text': 'no series', 'attr': None,
	'vm': None}]" > none.json
	fake_host none.json
	SCREEN=screen in_shell "$shell" 's2ctl show 4' 's2ctl show we' > got
	diff - got <<- 'END'
	s2ctl show 4711
	s2ctl show web
	END
	refute grep -q 'no series' screen
}

@test "bash: nothing to complete is no error" {
	quiet bash
}

@test "zsh: nothing to complete is no error" {
	need zsh
	quiet zsh
}

@test "fish: nothing to complete is no error" {
	need fish
	quiet fish
}
