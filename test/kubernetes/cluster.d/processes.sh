# shellcheck shell=bash
# The processes of a cluster on this machine. One is known by its id and the time it started, in a
# file of its name, so that one that got the same id later is never taken for it.

started() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	set -- ${stat##*) }
	[ "$1" != Z ] && echo "${20}"
}

remember() { # NAME PID
	mkdir -p "$run/pids"
	echo "$2 $(started "$2")" >"$run/pids/$1"
}

alive() { # NAME
	local pid since
	[ -f "$run/pids/$1" ] && read -r pid since <"$run/pids/$1" && [ -n "$since" ] && [ "$(started "$pid" || true)" = "$since" ]
}

pid_of() { # NAME
	local pid since
	read -r pid since <"$run/pids/$1" && echo "$pid"
}

signal_all() { # SIGNAL NAME...: the processes it names that still run
	local signal=$1 one
	shift
	for one; do
		if alive "$one"; then kill "-$signal" "$(pid_of "$one")" 2>/dev/null || true; fi
	done
}

await_end() { # NAME...: waits for at most 10 s
	local one left
	for ((left = 400; left > 0; left--)); do
		for one; do
			if alive "$one"; then sleep 0.025 && continue 2; fi
		done
		return 0
	done
	return 1
}

background() { # NAME COMMAND [ARGUMENT]...: a process on this host
	local called=$1
	shift
	mkdir -p "$logs"
	setsid "$@" >>"$logs/$called.log" 2>&1 </dev/null &
	remember "$called" $!
}

# carry starts a forwarder and waits until it listens.
carry() { # NAME COMMAND [ARGUMENT]...
	local called=$1
	if alive "$called"; then return; fi
	rm -f "$logs/$called.log"
	background "$@"
	until grep -q '^listening' "$logs/$called.log" 2>/dev/null; do
		alive "$called" || fail "$called did not start: $(cat "$logs/$called.log")"
		sleep 0.01
	done
}

# processes prints the ids of all processes of the cluster.
processes() {
	local file pid list
	for file in "$run"/pids/*; do
		if alive "$(basename "$file")"; then descend "$(pid_of "$(basename "$file")")"; fi
	done | sort -u
}

descend() { # PID
	local child
	echo "$1"
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do descend "$child"; done
}
