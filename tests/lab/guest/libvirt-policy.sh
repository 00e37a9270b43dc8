#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Domains with policies of their own, on a real libvirtd in the root with systemd:
# the hook alone, then with the service.  Each point leaves $share/POINT.policy, and
# $share/POINT.state, what libvirt says of the domain.
set -eu
# shellcheck source=common.sh
. /mnt/share/common.sh
# shellcheck source=domains.sh
. /mnt/share/domains.sh

tracing=/sys/kernel/tracing

# What the packages install
install_s2ctl()
{
	cd "$share/packaging"
	cp "$(command -v s2ctl)" /usr/bin/s2ctl 2> /dev/null || true
	mkdir -p /etc/libvirt/hooks/qemu.d /etc/s2ctl/policy.d
	mkdir -p /usr/share/s2ctl/schema
	cp libvirt/s2ctl-domain-1.rng /usr/share/s2ctl/schema
	sed 's|@bindir@|/usr/bin|; s|@datadir@|/usr/share|' libvirt/50-s2ctl \
		> /etc/libvirt/hooks/qemu.d/50-s2ctl
	chmod 755 /etc/libvirt/hooks/qemu.d/50-s2ctl
	sed 's|@bindir@|/usr/bin|' systemd/s2ctl-enforce.service \
		> /etc/systemd/system/s2ctl-enforce.service
	cp systemd/s2ctl.tmpfiles /usr/lib/tmpfiles.d/s2ctl.conf
	cp systemd/s2ctl.sysusers /usr/lib/sysusers.d/s2ctl.conf
	systemd-sysusers
	systemd-tmpfiles --create s2ctl.conf
	cd /
	systemctl daemon-reload
	# hooks are looked for when the daemon starts
	systemctl restart libvirtd.service
}

# domain NAME UUID RULES [WORDS [DEVICES]]: defines it
domain()
{
	domain_xml "$1" "$2" "${4-}" "${5-}" \
		"<s2:policy xmlns:s2='urn:s2ctl:domain:1'>$3</s2:policy>" \
		> /tmp/domain.xml
	virsh define /tmp/domain.xml
}

look()
{
	keep "$1.policy" s2ctl -j policy get
	keep "$1.state" virsh domstate "$2"
}

vms()
{
	cat /sys/class/misc/kvm/s2/vms
}

fewer_than()
{
	[ "$(vms)" -lt "$1" ]
}

# Others may go on
destroy()
{
	there=$(vms)
	virsh destroy "$1"
	until_true fewer_than "$there"
}

said()
{
	journalctl -q -u s2ctl-enforce -o cat | grep -qF -- "$1"
}

# watch_first POINT: notes when the guest faults first, and when policies are set
watch_first()
{
	echo 0 > $tracing/tracing_on
	echo > $tracing/trace
	echo mono > $tracing/trace_clock
	echo 1 > $tracing/events/kvm/kvm_guest_fault/enable
	echo 1 > $tracing/tracing_on
	# shellcheck disable=SC2016
	s2ctl monitor --json | sh -c 'while read -r line; do
		case $line in *"\"event\":\"ready\""*) : > /tmp/ready ;;
		*"\"event\":\"policy\""*) echo "set" > '$tracing'/trace_marker ;;
		esac
	done' &
	monitor=$!
	wait_for /tmp/ready
}

seen_often()
{
	[ "$(grep -c "$2" $tracing/trace)" -ge "$1" ]
}

# end_watch POINT N: once the guest has faulted, and N policies were set
end_watch()
{
	until_true seen_often 1 kvm_guest_fault
	until_true seen_often "$2" tracing_mark_write
	echo 0 > $tracing/tracing_on
	grep -m 1 kvm_guest_fault $tracing/trace > "$share/$1.first" || true
	grep tracing_mark_write $tracing/trace > "$share/$1.set" || true
	echo 0 > $tracing/events/kvm/kvm_guest_fault/enable
	pkill -f 's2ctl monitor' || true
	kill "$monitor" 2> /dev/null || true
	rm -f /tmp/ready
}

fine="<s2:rule class='io' constraints='noexec' mode='enforce'/>
<s2:rule class='ram' constraints='require-fwb' mode='enforce'/>"
never="<s2:rule class='ram' constraints='noexec' mode='enforce'/>"
wrong="<s2:rule class='ram' constraints='no-exec' mode='enforce'/>"
odd='vm two, größe'

step_hook()
{
	domain fine 6ba7b810-9dad-11d1-80b4-00c04fd430c1 "$fine"
	domain never 6ba7b810-9dad-11d1-80b4-00c04fd430c2 "$never"
	domain wrong 6ba7b810-9dad-11d1-80b4-00c04fd430c3 "$wrong"
	domain "$odd" 6ba7b810-9dad-11d1-80b4-00c04fd430c4 "$fine"

	# As a session daemon runs it: who starts it may not set policies
	virsh dumpxml fine > /tmp/fine.xml
	keep session sh -c 'setpriv --reuid=65534 --regid=65534 --clear-groups \
		/etc/libvirt/hooks/qemu.d/50-s2ctl fine prepare begin - \
		< /tmp/fine.xml'

	watch_first
	keep hook.start virsh start fine
	look hook fine
	end_watch hook 2
	keep restart.hook systemctl restart libvirtd.service
	look restarted fine
	virsh save fine /tmp/saved
	until_gone
	keep restore.start virsh restore /tmp/saved
	look restored fine
	destroy fine

	keep paused.start virsh start --paused fine
	look paused fine
	destroy fine

	keep never.start virsh start never
	look never never
	keep wrong.start virsh start wrong
	keep odd.start virsh start "$odd"
	look odd "$odd"
	destroy "$odd"
}

step_service()
{
	cat > /etc/s2ctl/policy.d/site.json <<- 'END'
	{ "format_version": 1, "rules": [
	  { "id": "site", "match": { "vm": { "uid": 0 }, "class": ["io-nc"] },
	    "constraints": ["noexec"], "mode": "enforce" } ] }
	END
	keep service.start systemctl start s2ctl-enforce.service
	systemctl show -p ActiveState,SubState,User,StatusText s2ctl-enforce \
		> "$share/service.show"
	grep -E '^(Cap|Uid|Seccomp|NoNewPrivs)' \
		"/proc/$(systemctl show --value -p MainPID s2ctl-enforce)/status" \
		> "$share/service.status"

	# Without the hook: all that is set is the service's doing.
	mv /etc/libvirt/hooks/qemu.d/50-s2ctl /tmp/
	watch_first
	keep served.start virsh start fine
	until_true said "(fine): "
	# the domain's two, and the site's
	end_watch served 3
	look served fine
	mv /tmp/50-s2ctl /etc/libvirt/hooks/qemu.d/
	journalctl -q -u s2ctl-enforce -o json > "$share/journal"

	# A policy with a mistake; what is in force stays
	echo '{' > /etc/s2ctl/policy.d/bad.json
	keep reload.bad systemctl reload s2ctl-enforce
	until_true said "stays in force"
	look kept fine
	rm /etc/s2ctl/policy.d/bad.json
	systemctl reload s2ctl-enforce
	until_true said "1 rules were read"

	# It is killed: the text file says so until it is there again
	keep up.before cat /run/s2ctl/s2ctl.prom
	mkdir -p /run/systemd/system/s2ctl-enforce.service.d
	printf '[Service]\nRestartSec=5\nWatchdogSec=4\n' \
		> /run/systemd/system/s2ctl-enforce.service.d/test.conf
	systemctl daemon-reload
	systemctl restart s2ctl-enforce
	kill -KILL "$(systemctl show --value -p MainPID s2ctl-enforce)"
	until_true grep -qx 's2ctl_enforce_up 0' /run/s2ctl/s2ctl.prom
	until_true grep -qx 's2ctl_enforce_up 1' /run/s2ctl/s2ctl.prom
	look killed fine

	# Idle for longer than the watchdog waits, and then stuck: for the lock it
	# waits 5 seconds, which is more, again and again
	before=$(systemctl show --value -p NRestarts s2ctl-enforce)
	sleep 9
	echo "$before $(systemctl show --value -p NRestarts s2ctl-enforce)" \
		> "$share/watchdog.idle"
	mv /etc/libvirt/hooks/qemu.d/50-s2ctl /tmp/
	flock -o /run/s2ctl.lock sleep 100000 &
	locker=$!
	virsh start "$odd"
	until_true said "Failed with result 'watchdog'"
	echo watchdog > "$share/watchdog.stuck"
	kill $locker
	mv /tmp/50-s2ctl /etc/libvirt/hooks/qemu.d/
	until_true sh -c "s2ctl policy get 'name:$odd' | grep -q require-fwb"
	look stuck "$odd"
	destroy "$odd"

	# A policy that is tightened while it runs: memory in use is not denied
	virsh metadata fine urn:s2ctl:domain:1 --key s2 --live --set \
		"<policy><rule class='ram' constraints='floor=device' mode='enforce'/></policy>"
	systemctl reload s2ctl-enforce
	until_true said "(fine): "
	until_true said "bytes in use would be denied"
	look tightened fine
	keep tightened.check s2ctl -j policy check
	# Unless somebody insists
	keep insist s2ctl policy apply --force
	until_true sh -c "virsh domstate fine | grep -q paused"
	look insisted fine
	until_true said "faults denied"
	journalctl -q -o cat S2CTL_EVENT=denied S2CTL_VM_NAME=fine \
		> "$share/service.denied" || true
	destroy fine
	until_true said "(fine): ended"
	journalctl -q -u s2ctl-enforce -o cat > "$share/service.log"
	keep service.stop systemctl stop s2ctl-enforce
	keep up.after cat /run/s2ctl/s2ctl.prom
}

# as_tester COMMAND...: with virsh, for a daemon of an ordinary user's own
as_tester()
{
	setpriv --reuid=tester --regid=tester --clear-groups \
		env -i HOME=/home/tester PATH="$PATH" LANG=C.UTF-8 \
		XDG_RUNTIME_DIR=/run/user/1000 virsh -c qemu:///session "$@"
}

# Such a daemon runs the same hook.
step_session()
{
	chmod 666 /dev/kvm
	install -d -o tester -g tester -m 700 /run/user/1000
	domain_xml "$odd" 6ba7b810-9dad-11d1-80b4-00c04fd430c6 > /tmp/plain.xml
	domain_xml own 6ba7b810-9dad-11d1-80b4-00c04fd430c7 '' '' \
		"<s2:policy xmlns:s2='urn:s2ctl:domain:1'>$fine</s2:policy>" \
		> /tmp/own.xml
	as_tester define /tmp/plain.xml
	as_tester define /tmp/own.xml
	keep plain.start as_tester start "$odd"
	until_true grep -q tick /tmp/serial.6ba7b810-9dad-11d1-80b4-00c04fd430c6
	keep plain.list s2ctl -j list
	keep plain.own as_tester dominfo "$odd"
	keep own.start as_tester start own
	keep own.list s2ctl -j list
	as_tester destroy "$odd"
	until_gone
	kill "$(cat /run/user/1000/libvirt/libvirtd.pid)"
}

# A BAR is mapped nc, and in QEMU device: the guest runs until it touches it.
step_device()
{
	bdf=$(ivshmem)			# 0000:00:01.0
	vfio-bind "$bdf"
	systemctl start s2ctl-enforce.service
	domain device 6ba7b810-9dad-11d1-80b4-00c04fd430c5 \
		"<s2:rule class='io-nc' constraints='match-vma' mode='enforce'/>" \
		bar "$(hostdev "$bdf")"
	keep device.start virsh start device
	until_true sh -c "virsh domstate device | grep -q paused"
	until_true said "class io-nc, reason match-vma"
	look device device
	keep device.list s2ctl -j list
	until_true sh -c "journalctl -q -o json S2CTL_RULE=S2-010 \
		S2CTL_VM_NAME=device | grep S2CTL_SLOT"
	journalctl -q -o json S2CTL_RULE=S2-010 S2CTL_VM_NAME=device \
		> "$share/device.findings"
	cp /tmp/serial.6ba7b810-9dad-11d1-80b4-00c04fd430c5 \
		"$share/device.serial"
	destroy device
	systemctl stop s2ctl-enforce.service
}

install_s2ctl
for step; do
	echo "step $step: $(cut -d' ' -f1 /proc/uptime)" >> "$share/steps"
	"step_$step"
done
