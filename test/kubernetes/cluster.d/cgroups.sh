# shellcheck shell=bash
# The cgroups of a cluster's nodes, by version 1 or 2, in a folder of the cluster's own.

make_cgroups() { # NODE
	local folder part path value
	if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
		path=/sys/fs/cgroup
		for part in ${cgroup#/} ''; do
			tr ' ' '\n' <"$path/cgroup.controllers" | sed 's/^/+/' | while read -r value; do
				echo "$value" >"$path/cgroup.subtree_control" 2>/dev/null || true
			done
			path=$path/$part && mkdir -p "$path"
		done
		mkdir -p "/sys/fs/cgroup$cgroup/$1"
		return
	fi
	for folder in /sys/fs/cgroup/*/; do
		path=${folder%/}
		for part in gantry-kubernetes "$name" "$1"; do
			mkdir -p "$path/$part"
			for value in cpuset.cpus cpuset.mems; do
				if [ -e "$path/$value" ] && [ -z "$(cat "$path/$part/$value")" ]; then
					cat "$path/$value" >"$path/$part/$value"
				fi
			done
			path=$path/$part
		done
	done
}

# Once the processes have ended, their cgroups can be removed.
remove_cgroups() { # PATH
	local folder left
	for folder in /sys/fs/cgroup/*"$1" "/sys/fs/cgroup$1"; do
		for ((left = 40; left > 0; left--)); do
			[ -d "$folder" ] || break
			find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true
			[ ! -d "$folder" ] || sleep 0.05
		done
		rmdir "$(dirname "$folder")" 2>/dev/null || true
	done
}
