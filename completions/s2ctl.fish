# SPDX-License-Identifier: GPL-2.0-only
# Completion of s2ctl(8) for fish.  Made from s2ctl.fish.in by `make
# generated`: the tables are those of the program.

function __s2ctl_find_command
    set -l skip
    set -l command
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
        else if contains -- $word --from --color --source
            set skip 1
        else if not string match -q -- '-*' $word
            set -a command $word
            # A subcommand follows those that have any.
            if not __s2ctl_has_subcommands $command[1]; or set -q command[2]
                break
            end
        end
    end
    string join : -- $command
end

function __s2ctl_no_command
    test -z "$(__s2ctl_find_command)"
end

function __s2ctl_command
    test "$(__s2ctl_find_command)" = $argv[1]
end

# The file of --from, if there is one.
function __s2ctl_from
    set -l words (commandline -opc)
    for i in (seq (count $words))
        if test "$words[$i]" = --from
            set -l next (math $i + 1)
            echo $words[$next]
        else if string match -q -- '--from=*' $words[$i]
            string replace -- --from= '' $words[$i]
        end
    end
end

# VMs: identities, and names where they are not taken for something else; with
# "pid:" and the like where such a word was begun.
function __s2ctl_vms
    command -q s2ctl; or return
    set -l from (__s2ctl_from)[-1]
    # Standard input is the terminal.
    test "$from" = -; and return
    test -n "$from"; and set from --from $from
    set -l begun (commandline -ct | string replace -r '^--vm=' '')
    s2ctl $from list -n -r -o ID,PID,UUID,NAME 2>/dev/null | while read -l -d ' ' id pid uuid name
        set name (string replace -a '\x20' ' ' -- $name)
        if string match -qr '^[0-9]' -- $id
            echo $id
        else if test $pid != -
            echo $pid
        end
        if string match -qr '^([0-9]+|-.+|(id|pid|uuid|name):.*|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$' -- $name
            echo name:$name
        else if test "$name" != -
            echo $name
        end
        test -n "$begun"; or continue
        if string match -qr '^[0-9]' -- $id
            echo id:$id
        else if test $id != -; and test $id != pid:$pid
            echo $id
        end
        test $pid = -; or echo pid:$pid
        test $uuid = -; or echo uuid:$uuid
        test "$name" = -; or echo name:$name
    end
end

# The last of several, separated by commas; those before it stay.
function __s2ctl_list
    set -l before (string match -r '^(?:.*,)?' -- (commandline -ct | string replace -r '^--[a-z-]+=' ''))
    for word in $argv
        echo $before$word
    end
end

function __s2ctl_columns
    command -q s2ctl; or return
    set -l extents
    contains -- --extents (commandline -opc); and set extents --extents
    set -l before (string match -r '^(?:.*,|\+)?' -- (commandline -ct | string replace -r '^--output=' ''))
    for line in (s2ctl (__s2ctl_find_command | string split :) $extents --list-columns 2>/dev/null)
        string match -qr '^[A-Z]' -- $line; and echo $before(string split -f1 ' ' -- $line)
    end
end

complete -c s2ctl -f
function __s2ctl_has_subcommands
    contains -- $argv[1] policy hook
end
complete -c s2ctl -l json -s j -d 'print JSON'
complete -c s2ctl -l pretty -s p -d 'print JSON, indented'
complete -c s2ctl -l color -x -a 'auto always never' -d 'use colour: auto (default), always or never'
complete -c s2ctl -l from -r -F -d 'read a snapshot or a memory dump instead of this host; - for standard input'
complete -c s2ctl -l source -x -a 'kernel core proc' -d 'see this host by kernel (the series), core (the kernel'\''s memory) or proc; default: the first of these that there is'
complete -c s2ctl -l verbose -s v -d 'say on standard error what is read, and from where'
complete -c s2ctl -l help -s h -d 'print this help'
complete -c s2ctl -l version -d 'print the version'
complete -c s2ctl -n __s2ctl_no_command -a host -d 'show what this host'\''s CPUs and kernel can do'
complete -c s2ctl -n __s2ctl_no_command -a list -d 'list the VMs, one a row'
complete -c s2ctl -n '__s2ctl_command list' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command list' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command list' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command list' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n __s2ctl_no_command -a show -d 'show the memory slots of VMs, with type and reason'
complete -c s2ctl -n '__s2ctl_command show' -l extents -d 'print each run of addresses that are alike'
complete -c s2ctl -n '__s2ctl_command show' -l map -d 'draw the guest-physical address space by type'
complete -c s2ctl -n '__s2ctl_command show' -l phys -d 'with host-physical addresses, and an extent for each run of them'
complete -c s2ctl -n '__s2ctl_command show' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command show' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command show' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command show' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command show' -a '(__s2ctl_vms)'
complete -c s2ctl -n __s2ctl_no_command -a audit -d 'look for what is wrong, by rules with permanent ids'
complete -c s2ctl -n '__s2ctl_command audit' -l fail-on -x -a 'info low medium high critical' -d 'exit 2 only on what is at least this severe'
complete -c s2ctl -n '__s2ctl_command audit' -l rule -x -a '(__s2ctl_list S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011)' -d 'apply these rules only, separated by commas'
complete -c s2ctl -n '__s2ctl_command audit' -l severity -x -a 'info low medium high critical' -d 'look for what is at least this severe'
complete -c s2ctl -n '__s2ctl_command audit' -l vm -x -a '(__s2ctl_vms)' -d 'for this VM alone (default: for all VMs of the host)'
complete -c s2ctl -n '__s2ctl_command audit' -l policy -r -F -d 'with the site policy in this file or directory'
complete -c s2ctl -n '__s2ctl_command audit' -l waivers -r -F -d 'mark the findings that the waivers in FILE are for'
complete -c s2ctl -n '__s2ctl_command audit' -l baseline -r -F -d 'only what is new since OLD, written by '\''audit --json'\'''
complete -c s2ctl -n '__s2ctl_command audit' -l format -x -a 'table json jsonl sarif prometheus html' -d 'what to print: table (default), json, jsonl, sarif, prometheus or html'
complete -c s2ctl -n '__s2ctl_command audit' -l output-file -r -F -d 'write to FILE, all at once; - for standard output (default)'
complete -c s2ctl -n '__s2ctl_command audit' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command audit' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command audit' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command audit' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command audit' -a '(__s2ctl_vms)'
complete -c s2ctl -n __s2ctl_no_command -a policy -d 'show and set what memory types may be'
complete -c s2ctl -n '__s2ctl_command policy' -a get -d 'show the policies that are set, and what came of them'
complete -c s2ctl -n '__s2ctl_command policy:get' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command policy:get' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command policy:get' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command policy:get' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command policy:get' -a '(__s2ctl_vms)'
complete -c s2ctl -n '__s2ctl_command policy' -a set -d 'set the policy of the host, a VM or a slot'
complete -c s2ctl -n '__s2ctl_command policy:set' -l vm -x -a '(__s2ctl_vms)' -d 'for this VM alone (default: for all VMs of the host)'
complete -c s2ctl -n '__s2ctl_command policy:set' -l slot -x -d 'for this memory slot of the VM'
complete -c s2ctl -n '__s2ctl_command policy:set' -l class -x -a 'ram zone-device pfnmap-wb ram-nc io io-nc gmem hole' -d 'for memory of this class'
complete -c s2ctl -n '__s2ctl_command policy:set' -l mode -x -a 'audit enforce' -d 'audit: count what would be denied; enforce: deny it'
complete -c s2ctl -n '__s2ctl_command policy:set' -l dry-run -d 'change nothing; print what would be denied'
complete -c s2ctl -n '__s2ctl_command policy:set' -l force -d 'do it even if memory in use would be denied'
complete -c s2ctl -n '__s2ctl_command policy:set' -a '(__s2ctl_list none require-fwb floor=nc floor=device noexec match-vma locked)'
complete -c s2ctl -n '__s2ctl_command policy' -a check -d 'check a site policy, and say what it would deny'
complete -c s2ctl -n '__s2ctl_command policy:check' -l offline -d 'look at the files only, at no host and no snapshot'
complete -c s2ctl -n '__s2ctl_command policy:check' -l fail-on -x -a 'info low medium high critical' -d 'exit 2 only on what is at least this severe'
complete -c s2ctl -n '__s2ctl_command policy:check' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command policy:check' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command policy:check' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command policy:check' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command policy:check' -F
complete -c s2ctl -n '__s2ctl_command policy' -a apply -d 'make a site policy the host'\''s, all of it or nothing'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l dry-run -d 'change nothing; print what would be denied'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l force -d 'do it even if memory in use would be denied'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l partial -d 'set what is known, and leave out what is not'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l prune -d 'clear what is set and no rule asks for'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command policy:apply' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command policy:apply' -F
complete -c s2ctl -n __s2ctl_no_command -a monitor -d 'report policies, denied faults and ended VMs as they come'
complete -c s2ctl -n '__s2ctl_command monitor' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command monitor' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command monitor' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command monitor' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command monitor' -a '(__s2ctl_vms)'
complete -c s2ctl -n __s2ctl_no_command -a enforce -d 'keep a site policy in force, as a service'
complete -c s2ctl -n '__s2ctl_command enforce' -l force -d 'do it even if memory in use would be denied'
complete -c s2ctl -n '__s2ctl_command enforce' -l prune -d 'clear what is set and no rule asks for'
complete -c s2ctl -n '__s2ctl_command enforce' -l waivers -r -F -d 'mark the findings that the waivers in FILE are for'
complete -c s2ctl -n '__s2ctl_command enforce' -l metrics -r -F -d 'write FILE for Prometheus, all at once, when something changed'
complete -c s2ctl -n '__s2ctl_command enforce' -l libvirt -r -F -d 'where libvirt keeps its domains'\'' state (default: /run/libvirt/qemu)'
complete -c s2ctl -n '__s2ctl_command enforce' -l stopped -d 'only say in the file of --metrics that nothing runs'
complete -c s2ctl -n '__s2ctl_command enforce' -F
complete -c s2ctl -n __s2ctl_no_command -a hook -d 'answer others who start VMs'
complete -c s2ctl -n '__s2ctl_command hook' -a libvirt -d 'answer the qemu hook of libvirt'
complete -c s2ctl -n '__s2ctl_command hook:libvirt' -l libvirt -r -F -d 'where libvirt keeps its domains'\'' state (default: /run/libvirt/qemu)'
complete -c s2ctl -n __s2ctl_no_command -a explain -d 'explain a rule, reason, type or class'
complete -c s2ctl -n '__s2ctl_command explain' -l stage1 -x -a 'wb nc device' -d 'memory type in the guest'\''s page tables: wb, nc or device'
complete -c s2ctl -n '__s2ctl_command explain' -l stage2 -x -a 'wb nc device' -d 'memory type in KVM'\''s stage-2 entries: wb, nc or device'
complete -c s2ctl -n '__s2ctl_command explain' -l fwb -d 'on a CPU with FEAT_S2FWB'
complete -c s2ctl -n '__s2ctl_command explain' -l no-fwb -d 'on a CPU without FEAT_S2FWB'
complete -c s2ctl -n '__s2ctl_command explain' -a 'type class verdict reason policy constraint mode owner scope action event fact strength rule severity feature flag source problem difference requirement term slot extent predicted mapped finding S2-001 S2-002 S2-003 S2-004 S2-005 S2-006 S2-007 S2-008 S2-009 S2-010 S2-011 wb nc device mixed unmapped ram zone-device pfnmap-wb ram-nc io io-nc gmem hole vgic allow would-deny deny ok missing unknown map-memory not-map-memory any-uncached cacheable-vma io-vma not-flushable floor require-fwb match-vma noexec exec-io no-vma vmm-exited mte-vma vmm-busy floor=nc floor=device locked force none audit enforce admin vmm host vm state ready denied vm-gone resync set keep clear vma vm-io vm-pfnmap vm-mixedmap hugetlb mte-allowed pfn struct-page flushable fwb dic mte pkvm map-only weak forced extents netlink vma-types log-dirty readonly guest-memfd kernel snapshot proc core info low medium high critical no-series no-privilege interrupted refused malformed unknown-value vms-hidden not-loaded no-policy facts-missing contradiction cannot-know new gone changed page-size ipa-bits guarantee host-policy site-policy'
complete -c s2ctl -n __s2ctl_no_command -a snapshot -d 'write everything that is known to a file'
complete -c s2ctl -n '__s2ctl_command snapshot' -l output -s o -r -F -d 'write to FILE, mode 0600; - for standard output (default)'
complete -c s2ctl -n __s2ctl_no_command -a diff -d 'say in what a host differs from a snapshot'
complete -c s2ctl -n '__s2ctl_command diff' -l all -d 'also what changes by itself: counters, bytes in use, ids, addresses'
complete -c s2ctl -n '__s2ctl_command diff' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command diff' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command diff' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command diff' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command diff' -F
complete -c s2ctl -n __s2ctl_no_command -a preflight -d 'say whether a host satisfies what VMs rely on'
complete -c s2ctl -n '__s2ctl_command preflight' -l on -r -F -d 'the host in this snapshot, instead of this host'
complete -c s2ctl -n '__s2ctl_command preflight' -l policy -r -F -d 'with the site policy in this file or directory'
complete -c s2ctl -n '__s2ctl_command preflight' -l output -s o -x -a '(__s2ctl_columns)' -d 'columns to print, in order; +COLUMNS adds to the default'
complete -c s2ctl -n '__s2ctl_command preflight' -l noheadings -s n -d 'print no headings'
complete -c s2ctl -n '__s2ctl_command preflight' -l raw -s r -d 'print for scripts: no alignment, sizes in bytes'
complete -c s2ctl -n '__s2ctl_command preflight' -l list-columns -d 'print the columns that there are'
complete -c s2ctl -n '__s2ctl_command preflight' -a '(__s2ctl_vms)'
complete -c s2ctl -n __s2ctl_no_command -a version -d 'print versions, and whether the kernel has the series'
complete -c s2ctl -n __s2ctl_no_command -a help -d 'print help'
complete -c s2ctl -n '__s2ctl_command help' -a 'host list show audit policy monitor enforce hook explain snapshot diff preflight version help'
