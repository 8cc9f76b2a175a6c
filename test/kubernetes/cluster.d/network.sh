# shellcheck shell=bash
# The hosts' network. Its addresses exist in the cluster's own network namespaces only, so every
# cluster has the same.

control_address=10.200.0.1
service_range=10.96.0.0/16
service_kubernetes=10.96.0.1
service_dns=10.96.0.10
pod_range=10.244.0.0/16
node_address() { echo "10.200.0.$((10 + ${1#node}))"; }
node_pods() { echo "10.244.${1#node}.0/24"; }

# The hosts' network: a bridge in the control host's namespace, and a cable
# from it to each node. Nothing leads out of it to this machine.
make_network() {
	local i one address
	ip netns add "$network"
	ip -n "$network" link set lo up
	ip -n "$network" link add nodes type bridge
	ip -n "$network" address add "$control_address/24" dev nodes
	ip -n "$network" link set nodes up
	ip -n "$network" route add "$service_range" dev nodes
	nsenter "--net=/run/netns/$network" sysctl -qw net.ipv4.ip_forward=1
	for ((i = 1; i <= nodes; i++)); do
		one=node$i
		address=$(node_address "$one")
		ip netns add "$network-$one"
		ip -n "$network" link add "$one" type veth peer name eth0 netns "$network-$one"
		ip -n "$network" link set "$one" master nodes up
		ip -n "$network" route add "$(node_pods "$one")" via "$address"
		ip -n "$network-$one" link set lo up
		ip -n "$network-$one" address add "$address/24" dev eth0
		ip -n "$network-$one" link set eth0 up
		nsenter "--net=/run/netns/$network-$one" sysctl -qw net.ipv4.ip_forward=1
		node_routes "$one"
	done
}

node_routes() { # NODE
	local i
	ip -n "$network-$1" route replace "$service_range" dev eth0
	for ((i = 1; i <= nodes; i++)); do
		[ "node$i" = "$1" ] || ip -n "$network-$1" route replace "$(node_pods "node$i")" via "$(node_address "node$i")"
	done
}

remove_network() {
	local one
	for one in $(ip netns list 2>/dev/null | awk '{print $1}'); do
		case $one in "$network" | "$network"-node[1-9]) ip netns delete "$one" ;; esac
	done
	if [ -e "$run/made-run-netns" ] && [ -z "$(ls -A /run/netns 2>/dev/null)" ]; then
		umount /run/netns 2>/dev/null || true
		rmdir /run/netns 2>/dev/null || true
	fi
}

# forward_port prints an address of this machine that leads to one of the cluster.
forward_port() { # HOST:PORT [LOCAL-PORT]
	local port=${2:-$("$tool" ports 1)}
	carry "forward-$port" "$tool" forward --listen "127.0.0.1:$port" \
		--namespace "/run/netns/$network" --to "$1" --names "$control_address:53"
	echo "127.0.0.1:$port"
}

# expose_port prints an address of the cluster that leads to a port of this machine.
expose_port() { # LOCAL-PORT
	exec 8</proc/self/ns/net
	carry "expose-$1" nsenter "--net=/run/netns/$network" "$tool" forward \
		--listen "$control_address:$1" --namespace /proc/self/fd/8 --to "127.0.0.1:$1"
	echo "$control_address:$1"
}

# run_among_names replaces this process by a command in the cluster's network, with its names.
run_among_names() { # COMMAND [ARGUMENT]...
	exec nsenter "--net=/run/netns/$network" unshare --mount --propagation private \
		sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$run/resolv.conf" "$@"
}
