# SPDX-License-Identifier: GPL-2.0-only
# Completion of s2ctl(8) for bash.  Made from s2ctl.bash.in by `make
# generated`: the tables are those of the program.
#
# No list is given to "compgen -W", which would expand what is in it: the owner
# of a VM chooses its name, and that can be "$(reboot)".

_s2ctl_commands='host list show audit policy monitor enforce hook explain snapshot diff preflight version help'
_s2ctl_words='type class verdict reason policy constraint mode owner scope action event fact strength rule severity feature flag source problem difference requirement term slot extent predicted mapped finding S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011 wb nc device mixed unmapped ram zone-device pfnmap-wb ram-nc io io-nc gmem hole vgic allow would-deny deny ok missing unknown map-memory not-map-memory any-uncached cacheable-vma io-vma not-flushable floor require-fwb match-vma noexec exec-io no-vma vmm-exited mte-vma vmm-busy floor=nc floor=device locked force none audit enforce admin vmm host vm state ready denied vm-gone resync set keep clear vma vm-io vm-pfnmap vm-mixedmap hugetlb mte-allowed pfn struct-page flushable fwb dic mte pkvm map-only weak forced extents netlink vma-types log-dirty readonly guest-memfd kernel snapshot proc core info low medium high critical no-series no-privilege interrupted refused malformed unknown-value vms-hidden not-loaded no-policy facts-missing contradiction cannot-know new gone changed page-size ipa-bits guarantee host-policy site-policy'
_s2ctl_constraints='none require-fwb floor=nc floor=device noexec match-vma locked'
_s2ctl_rules='S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011'
_s2ctl_global=' -j --json -p --pretty --color --from --source -v --verbose -h --help --version'

_s2ctl_subcommands() {
	case $1 in
	policy) echo 'get set check apply' ;;
	hook) echo 'libvirt' ;;
	esac
}

_s2ctl_options() {
	case $1 in
	host) echo '' ;;
	list) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	show) echo ' --extents --map --phys -o --output -n --noheadings -r --raw --list-columns' ;;
	audit) echo ' --fail-on --rule --severity --vm --policy --waivers --baseline --format --output-file -o --output -n --noheadings -r --raw --list-columns' ;;
	policy) echo '' ;;
	policy:get) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	policy:set) echo ' --vm --slot --class --mode --dry-run --force' ;;
	policy:check) echo ' --offline --fail-on -o --output -n --noheadings -r --raw --list-columns' ;;
	policy:apply) echo ' --dry-run --force --partial --prune -o --output -n --noheadings -r --raw --list-columns' ;;
	monitor) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	enforce) echo ' --force --prune --waivers --metrics --libvirt --stopped' ;;
	hook) echo '' ;;
	hook:libvirt) echo ' --libvirt' ;;
	explain) echo ' --stage1 --stage2 --fwb --no-fwb' ;;
	snapshot) echo ' -o --output' ;;
	diff) echo ' --all -o --output -n --noheadings -r --raw --list-columns' ;;
	preflight) echo ' --on --policy -o --output -n --noheadings -r --raw --list-columns' ;;
	version) echo '' ;;
	help) echo '' ;;
	esac
}

# What follows an option: a kind of thing, or the words it takes.
_s2ctl_argument() {
	case $1/$2 in
	*/--color) echo 'auto always never' ;;
	*/--from) echo 'file' ;;
	*/--source) echo 'kernel core proc' ;;
	list/-o | list/--output) echo 'columns' ;;
	show/-o | show/--output) echo 'columns' ;;
	audit/--fail-on) echo 'info low medium high critical' ;;
	audit/--rule) echo 'rules' ;;
	audit/--severity) echo 'info low medium high critical' ;;
	audit/--vm) echo 'vm' ;;
	audit/--policy) echo 'file' ;;
	audit/--waivers) echo 'file' ;;
	audit/--baseline) echo 'file' ;;
	audit/--format) echo 'table json jsonl sarif prometheus html' ;;
	audit/--output-file) echo 'file' ;;
	audit/-o | audit/--output) echo 'columns' ;;
	policy:get/-o | policy:get/--output) echo 'columns' ;;
	policy:set/--vm) echo 'vm' ;;
	policy:set/--slot) echo 'number' ;;
	policy:set/--class) echo 'ram zone-device pfnmap-wb ram-nc io io-nc gmem hole' ;;
	policy:set/--mode) echo 'audit enforce' ;;
	policy:check/--fail-on) echo 'info low medium high critical' ;;
	policy:check/-o | policy:check/--output) echo 'columns' ;;
	policy:apply/-o | policy:apply/--output) echo 'columns' ;;
	monitor/-o | monitor/--output) echo 'columns' ;;
	enforce/--waivers) echo 'file' ;;
	enforce/--metrics) echo 'file' ;;
	enforce/--libvirt) echo 'file' ;;
	hook:libvirt/--libvirt) echo 'file' ;;
	explain/--stage1) echo 'wb nc device' ;;
	explain/--stage2) echo 'wb nc device' ;;
	snapshot/-o | snapshot/--output) echo 'file' ;;
	diff/-o | diff/--output) echo 'columns' ;;
	preflight/--on) echo 'file' ;;
	preflight/--policy) echo 'file' ;;
	preflight/-o | preflight/--output) echo 'columns' ;;
	esac
}

# What the arguments of a command are.
_s2ctl_operand() {
	case $1 in
	show) echo vms ;;
	audit) echo vms ;;
	policy:get) echo vms ;;
	policy:set) echo constraints ;;
	policy:check) echo file ;;
	policy:apply) echo file ;;
	monitor) echo vms ;;
	enforce) echo file ;;
	explain) echo words ;;
	diff) echo file ;;
	preflight) echo vms ;;
	help) echo commands ;;
	esac
}

# The line in words and cword, as COMP_WORDS is, but a colon breaks no word.
_s2ctl_line() {
	local i word glue=''
	words=()
	for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $glue || $word == : ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		[[ $word == : ]] && glue=1 || glue=
		((i != COMP_CWORD)) || cword=$((${#words[@]} - 1))
	done
}

# What the shell will make of a word: its text in typed, the quote that it
# begins with in quote.
_s2ctl_dequote() {
	local word=$1
	quote='' typed=''
	if [[ $word == [\"\']* ]]; then
		quote=${word:0:1} word=${word:1}
	fi
	while [[ $quote != "'" && $word == *\\* ]]; do
		typed+=${word%%\\*}
		word=${word#*\\}
		typed+=${word:0:1}
		word=${word:1}
	done
	typed+=$word
}

# The command on the line so far, or nothing; "policy:get" with a subcommand.
_s2ctl_find_command() {
	local i skip='' cmd=''
	for ((i = 1; i < cword; i++)); do
		local word=${words[i]}
		if [[ $skip ]]; then
			[[ $word == "=" ]] || skip=
		elif [[ $word == -* ]]; then
			[[ -z $(_s2ctl_argument "$cmd" "$word") ]] || skip=1
		elif [[ $word != "=" && $cmd ]]; then
			cmd+=:$word
			break
		elif [[ $word != "=" ]]; then
			cmd=$word
			[[ $(_s2ctl_subcommands "$cmd") ]] || break
		fi
	done
	echo "$cmd"
}

# The file of --from into from, if there is one.
_s2ctl_find_from() {
	local i quote typed
	from=
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		[[ ${words[i]} == --from ]] || continue
		((i++))
		[[ ${words[i]} != "=" ]] || ((i++))
		_s2ctl_dequote "${words[i]-}"
		from=${typed/#"~/"/"$HOME/"}
	done
}

# Candidates that begin as what was typed does, behind what is before them.
_s2ctl_reply() {
	local candidate
	for candidate; do
		[[ $candidate == "$typed"* ]] || continue
		candidate=$before$candidate
		# What the shell would not take as it is.
		if [[ $candidate == *[!A-Za-z0-9_@%+=:,./-]* ]]; then
			case $quote in
			"'") [[ $candidate != *\'* ]] || continue ;;
			'"') [[ $candidate != *[\"\$\`\\!]* ]] || continue ;;
			*) printf -v candidate %q "$candidate" ;;
			esac
		fi
		# Readline replaces what is behind the last colon only.
		if [[ $COMP_WORDBREAKS == *:* && $current == *:* ]]; then
			candidate=${candidate#"${current%:*}:"}
		fi
		COMPREPLY+=("$candidate")
	done
}

# The same with the words of a list.
_s2ctl_offer() {
	local -a list
	read -ra list <<< "$*"
	_s2ctl_reply "${list[@]}"
}

# The last of several, separated by commas; those before it stay.
_s2ctl_last() {
	local last=${typed##*,}
	before=${typed%"$last"} typed=$last
	compopt -o nospace 2>/dev/null || true
}

# COLUMNS, asked of the program.
_s2ctl_columns() {
	local name
	local -a extents=() columns=()
	[[ " ${words[*]} " != *" --extents "* ]] || extents=(--extents)
	_s2ctl_last
	if [[ -z $before && $typed == +* ]]; then
		before=+ typed=${typed#+}
	fi
	typed=${typed^^}
	while read -r name _; do
		[[ $name != [A-Z]* ]] || columns+=("$name")
	done < <("${words[0]}" ${cmd//:/ } "${extents[@]}" --list-columns 2>/dev/null)
	_s2ctl_reply "${columns[@]}"
}

# Names that are taken for something else.
_s2ctl_no_name='^([0-9]+|-.*|(id|pid|uuid|name):.*|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$'

# VMs: identities, and names where they are not taken for something else; with
# "pid:" and the like where such a word was begun.
_s2ctl_vms() {
	local id pid uuid name from
	local -a vms=() more=() source=()
	_s2ctl_find_from
	# Standard input is the terminal.
	[[ $from != - ]] || return
	[[ -z $from ]] || source=(--from "$from")
	while read -r id pid uuid name; do
		name=${name//'\x20'/ }
		if [[ $id == [0-9]* ]]; then
			vms+=("$id")
			more+=("id:$id")
		elif [[ $pid != - ]]; then
			vms+=("$pid")
			[[ $id == "pid:$pid" ]] || more+=("$id")
		fi
		[[ $pid == - ]] || more+=("pid:$pid")
		[[ $uuid == - ]] || more+=("uuid:$uuid")
		if [[ $name =~ $_s2ctl_no_name ]]; then
			[[ $name == - ]] || vms+=("name:$name")
		else
			vms+=("$name")
			more+=("name:$name")
		fi
	done < <("${words[0]}" "${source[@]}" list -n -r -o ID,PID,UUID,NAME 2>/dev/null)
	[[ $typed ]] || more=()
	_s2ctl_reply "${vms[@]}" "${more[@]}"
}

_s2ctl_files() {
	mapfile -t COMPREPLY < <(compgen -f -- "$typed")
	compopt -o filenames 2>/dev/null || true
}

# What an argument can be: a kind of thing, or words.
_s2ctl_complete() {
	case $1 in
	file) _s2ctl_files ;;
	columns) _s2ctl_columns ;;
	vm | vms) _s2ctl_vms ;;
	number) ;;
	words) _s2ctl_offer "$_s2ctl_words" ;;
	commands) _s2ctl_offer "$_s2ctl_commands" ;;
	constraints)
		_s2ctl_last
		_s2ctl_offer "$_s2ctl_constraints"
		;;
	rules)
		_s2ctl_last
		_s2ctl_offer "$_s2ctl_rules"
		;;
	*) _s2ctl_offer "$1" ;;
	esac
}

_s2ctl() {
	local current previous='' cmd kind='' quote typed before='' cword=0 subs
	local -a words
	_s2ctl_line
	current=${words[cword]-}
	((cword < 1)) || previous=${words[cword - 1]}
	# "=" is a word of its own: --color = au
	if [[ $current == "=" ]]; then
		current=
	elif [[ $previous == "=" ]]; then
		previous=${words[cword - 2]}
	fi
	COMPREPLY=()
	_s2ctl_dequote "$current"
	cmd=$(_s2ctl_find_command)
	[[ $previous != -* ]] || kind=$(_s2ctl_argument "$cmd" "$previous")
	if [[ $kind ]]; then
		_s2ctl_complete "$kind"
	elif [[ $current == -* ]]; then
		_s2ctl_offer "$_s2ctl_global $(_s2ctl_options "$cmd")"
	elif [[ -z $cmd ]]; then
		_s2ctl_offer "$_s2ctl_commands"
	else
		subs=$(_s2ctl_subcommands "$cmd")
		_s2ctl_complete "${subs:-$(_s2ctl_operand "$cmd")}"
	fi
}

complete -F _s2ctl s2ctl
