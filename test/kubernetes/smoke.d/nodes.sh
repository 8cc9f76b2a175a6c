# shellcheck shell=bash
# Nodes that are lost and come back, and what a cluster leaves behind.

ready_of() { # NODE
	kubectl get node "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
}

node_lost() { until_equal Unknown ready_of "$lost"; }

node_back() { cluster node start "$lost" && until_equal True ready_of "$lost" && until_equal 3 field statefulset/web '{.status.readyReplicas}'; }

nothing_left() {
	cluster down || return
	! pgrep -f "gantry-kubernetes/$name/" || return
	! ip netns list | grep "gk-$name" || return
	! grep "gantry-kubernetes/$name" /proc/mounts || return
	! losetup --list | grep "gantry-kubernetes/$name" || return
	! find /sys/fs/cgroup -path "*gantry-kubernetes/$name" | grep . || return
	[ ! -e "${GANTRY_K8S_RUN:-${TMPDIR:-/tmp}/gantry-kubernetes}/$name" ]
}
