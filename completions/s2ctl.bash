# SPDX-License-Identifier: GPL-2.0-only
# Completion of s2ctl(8) for bash.  Made from s2ctl.bash.in by `make
# generated`: the tables are those of the program.

_s2ctl_commands='host list show audit explain snapshot version help'
_s2ctl_words='type class verdict reason fact strength rule severity feature flag source problem term slot extent predicted mapped finding S2-002 S2-003 S2-005 S2-006 wb nc device mixed unmapped ram zone-device pfnmap-wb ram-nc io io-nc gmem hole vgic allow would-deny deny map-memory not-map-memory any-uncached cacheable-vma io-vma not-flushable exec-io no-vma vmm-exited mte-vma vmm-busy vma vm-io vm-pfnmap vm-mixedmap hugetlb mte-allowed pfn struct-page flushable fwb dic mte pkvm map-only weak forced extents netlink vma-types log-dirty readonly guest-memfd kernel snapshot proc info low medium high critical no-series no-privilege vm-gone interrupted refused malformed unknown-value vms-hidden not-loaded facts-missing'
_s2ctl_global=' -j --json -p --pretty --color --from -v --verbose -h --help --version'

_s2ctl_options() {
	case $1 in
	host) echo '' ;;
	list) echo ' -o --output -n --noheadings -r --raw --list-columns' ;;
	show) echo ' --extents --map --phys -o --output -n --noheadings -r --raw --list-columns' ;;
	audit) echo ' --fail-on -o --output -n --noheadings -r --raw --list-columns' ;;
	explain) echo ' --stage1 --stage2 --fwb --no-fwb' ;;
	snapshot) echo ' -o --output' ;;
	version) echo '' ;;
	help) echo '' ;;
	esac
}

# What follows an option: file, columns, or the words it takes.
_s2ctl_argument() {
	case $1/$2 in
	*/--color) echo 'auto always never' ;;
	*/--from) echo 'file' ;;
	list/-o | list/--output) echo 'columns' ;;
	show/-o | show/--output) echo 'columns' ;;
	audit/--fail-on) echo 'info low medium high critical' ;;
	audit/-o | audit/--output) echo 'columns' ;;
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
	explain) echo words ;;
	help) echo commands ;;
	esac
}

# The command on the line so far, or nothing.
_s2ctl_find_command() {
	local i skip=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		local word=${COMP_WORDS[i]}
		if [[ $skip ]]; then
			[[ $word == "=" ]] || skip=
		elif [[ $word == -* ]]; then
			[[ -z $(_s2ctl_argument '' "$word") ]] || skip=1
		elif [[ $word != "=" ]]; then
			echo "$word"
			return
		fi
	done
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
	done < <("${COMP_WORDS[0]}" "$cmd" "${extents[@]}" --list-columns 2>/dev/null |
		grep '^[A-Z]')
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
	?*) words=$kind ;;
	*)
		if [[ $current == -* ]]; then
			words="$_s2ctl_global $(_s2ctl_options "$cmd")"
		elif [[ -z $cmd ]]; then
			words=$_s2ctl_commands
		else
			case $(_s2ctl_operand "$cmd") in
			vms) words=$(_s2ctl_vms) ;;
			words) words=$_s2ctl_words ;;
			commands) words=$_s2ctl_commands ;;
			esac
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _s2ctl s2ctl
