# shellcheck shell=bash
# Images come from files: there is no registry.

load_images() { # NODE FILE...
	local one=$1 file left
	shift
	for ((left = 400; left > 0; left--)); do
		if [ -S "/proc/$(pid_of "$one.first")/root/run/containerd/containerd.sock" ]; then break; fi
		sleep 0.025
	done
	for file; do
		nsenter --target "$(pid_of "$one.first")" --mount --pid \
			ctr --namespace k8s.io images import --no-unpack=false - <"$file" >/dev/null || fail "$file could not be loaded"
	done
}

load_everywhere() { # FILE...
	local file
	for file in "$run"/pids/node?; do
		if alive "$(basename "$file")"; then load_images "$(basename "$file")" "$@"; fi
	done
}
