#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the lab, for tests/cli/stock.

set -eu
# shellcheck source=tests/lab/guest/common.sh
. /mnt/share/common.sh

start one --slot anon,size=4M,gpa=0x40000000 \
	--guest touch@0x40000000:64K --hold=idle
start two --vcpus 2 --slot memfd,size=4M,gpa=0x40000000 --hold=idle
for command in host list show audit snapshot; do
	keep "$command.json" s2ctl "$command" --json
done

# What cannot be had is refused, and never less done than was asked for.
mkdir -p /tmp/site
cat > /tmp/site/one.json <<- 'X'
	{ "format_version": 1, "rules": [ { "id": "one", "match": { "vm": {
	"name": "one" } }, "constraints": [ "noexec" ], "mode": "audit" } ] }
X
keep policy-get s2ctl policy get
keep policy-set s2ctl policy set --class=ram --mode=audit noexec
keep policy-set-force s2ctl policy set --force --vm=one --class=ram \
	--mode=enforce noexec
keep policy-clear s2ctl policy set --class=ram none
keep policy-try s2ctl policy set --dry-run --class=ram --mode=audit noexec
keep policy-check s2ctl policy check /tmp/site
keep policy-apply s2ctl policy apply /tmp/site
keep policy-apply-force s2ctl policy apply --force --prune /tmp/site
keep policy-offline s2ctl policy check --offline /tmp/site
keep monitor s2ctl monitor
keep monitor-json s2ctl monitor --json
keep list.txt s2ctl list
keep one s2ctl show one
keep nobody s2ctl show nobody
keep version s2ctl version
stop_all
