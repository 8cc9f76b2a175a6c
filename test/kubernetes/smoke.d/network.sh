# shellcheck shell=bash
# Who reaches whom: pods, services, names, the API server, this machine.

peer_name() {
	local wanted
	wanted=$(field pod/web-0 '{.status.podIP}') && [ -n "$wanted" ] || return
	kubectl exec web-1 -- nslookup web-0.peers.smoke.svc.cluster.local | tee "$work/lookup"
	grep -q "Address: $wanted" "$work/lookup"
}

service_from_pod() {
	until_equal 3 sh -c "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		'$cache/bin/kubectl' --kubeconfig '$config' -n smoke exec web-2 -- timeout 5 wget -qO- http://web; done | sort -u | wc -l"
}

service_from_here() {
	"$here/cluster" exec --name "$name" busybox timeout 5 busybox wget -qO- http://web.smoke.svc.cluster.local | tee "$work/answer"
	grep -q '^web-' "$work/answer"
}

forward_here() {
	local address
	address=$("$here/cluster" forward --name "$name" web-2.peers.smoke.svc.cluster.local:8080) || return
	until_equal web-2 busybox timeout 5 busybox wget -qO- "http://$address/"
}

expose_here() {
	local server port result
	port=$("$cache/bin/gantry-tool" ports 1)
	mkdir -p "$work/served" && echo here >"$work/served/index.html"
	busybox httpd -f -p "127.0.0.1:$port" -h "$work/served" &
	server=$!
	"$here/cluster" expose --name "$name" "$port" &&
		until_equal here kubectl exec web-1 -- timeout 5 wget -qO- "http://10.200.0.1:$port/"
	result=$?
	kill "$server"
	return $result
}

port_forward() {
	local forwarder result
	kubectl port-forward pod/web-1 :8080 >"$work/forward" 2>&1 &
	forwarder=$!
	until_equal 1 sh -c "grep -c '^Forwarding from 127' '$work/forward'"
	until_equal web-1 busybox timeout 5 busybox wget -qO- "http://$(sed -n 's/^Forwarding from \(127[^ ]*\) .*/\1/p' "$work/forward")/"
	result=$?
	kill "$forwarder"
	return $result
}

api_from_pod() {
	kubectl exec web-0 -- nc -w 5 kubernetes.default.svc.cluster.local 443 </dev/null &&
		kubectl exec web-0 -- test -s /var/run/secrets/kubernetes.io/serviceaccount/token
}
