# shellcheck shell=bash
# The nodes: what one runs, when it is ready, and how it loses and regains its power and its cable.

# A node has a /var of its own, that a restart keeps, and a /run of its own,
# that a restart empties.
node_folders() { # NODE
	local setting file
	mount -t tmpfs -o mode=755 run /run
	mount --bind "$run/hosts/$1/var" /var
	mkdir -p /run/lock /run/netns /var/lib/kubelet /var/lib/cni /var/log /var/tmp
	# The kubelet sets these for the whole machine: let it set files instead.
	for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
		kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
		file=/run/sysctl-${setting//\//-}
		if cat "/proc/sys/$setting" >"$file" 2>/dev/null; then mount --bind "$file" "/proc/sys/$setting"; fi
	done
}

# The arguments of a node's first process: what it runs.
node_programs() { # NODE
	local root=$run/hosts/$1 api=https://$control_address:6443/readyz
	programs=(containerd containerd --config "$root/containerd.toml" ,)
	programs+=(kubelet sh -c "until test -S /run/containerd/containerd.sock; do sleep 0.05; done; $(when_ready "$api" kubelet \
		--config "$root/kubelet.yaml" --kubeconfig "$keys/$1.kubeconfig" \
		--hostname-override "$1" --node-ip "$(node_address "$1")" \
		--node-labels "topology.kubernetes.io/region=local,topology.kubernetes.io/zone=zone-${1#node}")" ,)
	programs+=(kube-proxy sh -c "$(when_ready "$api" kube-proxy --config "$root/proxy.yaml")")
}

await_node() { # NODE
	local left
	nsenter "--net=/run/netns/$network-$1" "$tool" await "$(pid_of "$1")" http://127.0.0.1:10248/healthz ||
		fail "the kubelet of $1 does not answer: see $logs/$1"
	for ((left = 60; left > 0; left--)); do
		if kubectl wait --for=condition=Ready "node/$1" --timeout=60s >/dev/null 2>&1; then return; fi
		sleep 0.2
	done
	fail "$1 is not ready: see $logs/$1"
}

# require_node fails unless the cluster has the node.
require_node() { # NODE
	[[ ${1:-} =~ ^node[1-9]$ ]] && [ -d "$run/hosts/$1" ] || fail "there is no node ${1:-}"
}

node_power_off() { # SIGNAL NODE
	signal_all "$1" "$2.first"
	await_end "$2" "$2.first" || fail "$2 did not end"
}

node_power_on() { # NODE
	local table
	if alive "$1"; then return; fi
	# As it is when a machine starts.
	for table in nat filter mangle; do
		nsenter "--net=/run/netns/$network-$1" sh -c "iptables -w -t $table -F && iptables -w -t $table -X"
	done
	remove_cgroups "$cgroup/$1"
	make_cgroups "$1"
	launch "$1" "$network-$1"
	await_node "$1"
}

change_node() { # stop|kill|start|cut|heal NODE
	require_node "$2"
	case $1 in
	stop) node_power_off TERM "$2" ;;
	kill) node_power_off KILL "$2" ;;
	start) node_power_on "$2" ;;
	cut) ip -n "$network" link set "$2" down ;;
	heal) ip -n "$network" link set "$2" up ;;
	*) usage ;;
	esac
}
