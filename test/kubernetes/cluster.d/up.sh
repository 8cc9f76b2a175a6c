# shellcheck shell=bash
# A whole cluster: started, ended, looked at.

up() {
	if is_up; then
		echo "$run/kubeconfig"
		return
	fi
	down
	mkdir -p "$run" "$logs"
	chmod 700 "$run"
	trap '[ $? = 0 ] || echo "cluster: $name did not come up; its logs are in $logs" >&2' EXIT
	if $api_only; then
		echo api-only >"$run/mode"
		up_api_only
	else
		echo full >"$run/mode"
		up_full
	fi
	echo "$run/kubeconfig"
}

up_full() {
	local port i list=
	read -r port < <("$tool" ports 1)
	for ((i = 1; i <= nodes; i++)); do list+=${list:+,}node$i=$(node_address "node$i"); done
	make_keys "https://127.0.0.1:$port" "https://$control_address:6443" "$list"
	name_files
	proxy_config node1 >"$run/proxy-control.yaml"
	[ -d /run/netns ] || touch "$run/made-run-netns"
	make_network
	launch control "$network"
	carry api-forward "$tool" forward --listen "127.0.0.1:$port" \
		--namespace "/run/netns/$network" --to "$control_address:6443"
	for ((i = 1; i <= nodes; i++)); do
		node_files "node$i"
		make_cgroups "node$i"
		launch "node$i" "$network-node$i"
	done
	for ((i = 1; i <= nodes; i++)); do load_images "node$i" "$cache"/images/*.tar; done
	"$tool" await "$(pid_of control)" "https://127.0.0.1:$port/readyz" || fail "see $logs/control"
	{ name_objects && echo --- && volume_objects; } | kubectl apply -f - >/dev/null
	for ((i = 1; i <= nodes; i++)); do await_node "node$i"; done
	await_account
}

down() {
	local names=() file
	for file in "$run"/pids/*; do
		if [ -e "$file" ]; then names+=("$(basename "$file")"); fi
	done
	signal_all KILL "${names[@]}"
	await_end "${names[@]}" || fail "not every process ended"
	remove_devices
	remove_network
	remove_cgroups "$cgroup"
	rm -rf --one-file-system "$run"
	rmdir "$runs" 2>/dev/null || true
}

# Each in a process of its own: what is set for one cluster is not the next one's.
down_all() {
	local folder
	for folder in "$runs"/*/; do
		if [ -d "$folder" ]; then "$self" down --name "$(basename "$folder")"; fi
	done
}

status() {
	if ! is_up; then
		echo "$name is not up"
		return 1
	fi
	echo "$name is up ($(cat "$run/mode")): $run/kubeconfig"
	local file one pid command memory
	for file in "$run"/pids/*; do
		one=$(basename "$file")
		alive "$one" || echo "$one has ended"
	done
	if [ "$(cat "$run/mode")" = full ]; then kubectl get nodes -o wide; fi
	processes | sort -n | while read -r pid; do
		command=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-70) || continue
		memory=$(awk '/^VmRSS/{printf "%.0f MiB", $2/1024}' "/proc/$pid/status" 2>/dev/null) || continue
		printf '%7s %9s  %s\n' "$pid" "$memory" "$command"
	done
}

kubectl() { "$cache/bin/kubectl" --kubeconfig "$run/kubeconfig" "$@"; }

is_up() { [ -f "$run/mode" ] && alive "$([ "$(cat "$run/mode")" = api-only ] && echo kube-apiserver || echo control)"; }
