# SPDX-License-Identifier: GPL-2.0-only
# Completion of s2ctl(8) for bash.  Made from s2ctl.bash.in by `make
# generated`: the tables are those of the program.

_s2ctl_commands='host list show audit policy monitor explain snapshot version help'
_s2ctl_words='type class verdict reason policy constraint mode owner scope action event fact strength rule severity feature flag source problem term slot extent predicted mapped finding S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011 wb nc device mixed unmapped ram zone-device pfnmap-wb ram-nc io io-nc gmem hole vgic allow would-deny deny map-memory not-map-memory any-uncached cacheable-vma io-vma not-flushable floor require-fwb match-vma noexec exec-io no-vma vmm-exited mte-vma vmm-busy floor=nc floor=device locked force none audit enforce admin vmm host vm state ready denied vm-gone resync set keep clear vma vm-io vm-pfnmap vm-mixedmap hugetlb mte-allowed pfn struct-page flushable fwb dic mte pkvm map-only weak forced extents netlink vma-types log-dirty readonly guest-memfd kernel snapshot proc info low medium high critical no-series no-privilege interrupted refused malformed unknown-value vms-hidden not-loaded no-policy facts-missing contradiction'
_s2ctl_constraints='none require-fwb floor=nc floor=device noexec match-vma locked'
_s2ctl_global=' -j --json -p --pretty --color --from -v --verbose -h --help --version'

_s2ctl_subcommands() {
	case $1 in
	policy) echo 'get set check apply' ;;
	esac
}

_s2ctl_options() {
	case $1 in
	host) echo '' ;;
	list) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	show) echo ' --extents --map --phys -o --output -n --noheadings -r --raw --list-columns' ;;
	audit) echo ' --fail-on --format --rule --severity --vm --policy -o --output -n --noheadings -r --raw --list-columns' ;;
	policy) echo '' ;;
	policy:get) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	policy:set) echo ' --vm --slot --class --mode --dry-run --force' ;;
	policy:check) echo ' --offline --fail-on -o --output -n --noheadings -r --raw --list-columns' ;;
	policy:apply) echo ' --dry-run --force --partial --prune -o --output -n --noheadings -r --raw --list-columns' ;;
	monitor) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	explain) echo ' --stage1 --stage2 --fwb --no-fwb' ;;
	snapshot) echo ' -o --output' ;;
	version) echo '' ;;
	help) echo '' ;;
	esac
}

# What follows an option: a kind of thing, or the words it takes.
_s2ctl_argument() {
	case $1/$2 in
	*/--color) echo 'auto always never' ;;
	*/--from) echo 'file' ;;
	list/-o | list/--output) echo 'columns' ;;
	show/-o | show/--output) echo 'columns' ;;
	audit/--fail-on) echo 'info low medium high critical' ;;
	audit/--format) echo 'table json jsonl' ;;
	audit/--rule) echo 'S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011' ;;
	audit/--severity) echo 'info low medium high critical' ;;
	audit/--vm) echo 'vm' ;;
	audit/--policy) echo 'file' ;;
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
	explain/--stage1) echo 'wb nc device' ;;
	explain/--stage2) echo 'wb nc device' ;;
	snapshot/-o | snapshot/--output) echo 'file' ;;
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
	explain) echo words ;;
	help) echo commands ;;
	esac
}

# The command on the line so far, or nothing; "policy:get" with a subcommand.
_s2ctl_find_command() {
	local i skip='' cmd=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		local word=${COMP_WORDS[i]}
		if [[ $skip ]]; then
			[[ $word == "=" ]] || skip=
		elif [[ $word == -* ]]; then
			[[ -z $(_s2ctl_argument '' "$word") ]] || skip=1
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

# COLUMNS that begin as the last of a list does, the list before them.
_s2ctl_columns() {
	local cmd=$1 current=$2 before='' last name
	local -a extents=()
	[[ " ${COMP_WORDS[*]} " != *" --extents "* ]] || extents=(--extents)
	last=${current##*,}
	before=${current%"$last"}
	if [[ -z $before && $last == +* ]]; then
		before=+ last=${last#+}
	fi
	while read -r name _; do
		[[ $name == "${last^^}"* ]] && echo "$before$name"
	done < <("${COMP_WORDS[0]}" ${cmd//:/ } "${extents[@]}" --list-columns 2>/dev/null |
		grep '^[A-Z]')
}

# The last of a list separated by commas, the list before it.
_s2ctl_list() {
	local last=${1##*,}
	local before=${1%"$last"}
	mapfile -t COMPREPLY < <(compgen -W "$2" -P "$before" -- "$last")
	compopt -o nospace 2>/dev/null || true
}

# The words that begin so, quoted.  Not by compgen -W, which expands them: names
# of VMs are their owners' to choose, $(command) among them.
_s2ctl_matching() {
	local word
	local -a list=()
	read -r -d '' -a list <<< "$1" || true
	for word in "${list[@]}"; do
		[[ $word != "$2"* ]] || printf '%q\n' "$word"
	done
}

_s2ctl_vms() {
	"${COMP_WORDS[0]}" list -n -r -o ID,NAME 2>/dev/null | tr ' ' '\n' |
		grep -vx -e - -e ''
}

_s2ctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous='' cmd kind
	local words=''
	cmd=$(_s2ctl_find_command)
	((COMP_CWORD < 1)) || previous=${COMP_WORDS[COMP_CWORD - 1]}
	# "=" is a word of its own: --color = au
	if [[ $current == "=" ]]; then
		current=
	elif [[ $previous == "=" ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	kind=
	[[ $previous != -* ]] || kind=$(_s2ctl_argument "$cmd" "$previous")
	case $kind in
	file)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		compopt -o filenames 2>/dev/null || true
		return
		;;
	columns)
		mapfile -t COMPREPLY < <(_s2ctl_columns "$cmd" "$current")
		compopt -o nospace 2>/dev/null || true
		return
		;;
	vm) words=$(_s2ctl_vms) ;;
	number) ;;
	?*) words=$kind ;;
	*)
		if [[ $current == -* ]]; then
			words="$_s2ctl_global $(_s2ctl_options "$cmd")"
		elif [[ -z $cmd ]]; then
			words=$_s2ctl_commands
		else
			words=$(_s2ctl_subcommands "$cmd")
			case $(_s2ctl_operand "$cmd") in
			vms) words=$(_s2ctl_vms) ;;
			words) words=$_s2ctl_words ;;
			commands) words=$_s2ctl_commands ;;
			constraints)
				_s2ctl_list "$current" "$_s2ctl_constraints"
				return
				;;
			file)
				mapfile -t COMPREPLY < <(compgen -f -- "$current")
				compopt -o filenames 2>/dev/null || true
				return
				;;
			esac
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(_s2ctl_matching "$words" "$current")
}

complete -F _s2ctl s2ctl
