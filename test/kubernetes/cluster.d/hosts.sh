# shellcheck shell=bash
# A host of the cluster, the control host or a node: a process-id namespace and a mount namespace in
# the network namespace of its own. When its first process ends, so does all of it.

launch() { # HOST NAMESPACE
	local outer inner=
	background "$1" nsenter "--net=/run/netns/$2" unshare --mount --propagation private \
		--pid --fork --kill-child=SIGKILL --mount-proc \
		env GANTRY_K8S_CACHE="$cache" GANTRY_K8S_RUN="$runs" "$self" inside "$1" --name "$name"
	outer=$(pid_of "$1")
	while alive "$1"; do
		read -r inner _ <"/proc/$outer/task/$outer/children" || true
		if [ -n "$inner" ]; then break; fi
		sleep 0.01
	done
	[ -n "$inner" ] || fail "$1 did not start: see $logs/$1.log"
	remember "$1.first" "$inner"
}

# when_ready prints a command for a shell, that first waits until the URL answers.
when_ready() { # URL COMMAND...
	local url=$1
	shift
	printf '%q await 1 %q && exec' "$tool" "$url"
	printf ' %q' "$@"
}

# inside runs as a host's first process, in the host's namespaces.
inside() { # HOST
	local host=$1 programs=()
	if [ -e /etc/resolv.conf ]; then mount --bind "$run/resolv.conf" /etc/resolv.conf; fi
	mount --make-rshared /
	export PATH="$cache/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	export HOME=/root
	cd /
	if [ "$host" = control ]; then
		control_programs
	else
		node_folders "$host"
		node_programs "$host"
	fi
	exec "$tool" host "$logs/$host" "${programs[@]}"
}
