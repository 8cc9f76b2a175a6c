# shellcheck shell=bash
# The control plane: etcd, API server and controllers, as commands, with their keys. For a cluster
# without nodes they are processes of this machine; otherwise the control host runs them.

etcd_command() { # CLIENT-PORT PEER-PORT
	command=("$cache/bin/etcd" --name one --data-dir "$run/etcd" --unsafe-no-fsync --log-level error
		--listen-client-urls "http://127.0.0.1:$1" --advertise-client-urls "http://127.0.0.1:$1"
		--listen-peer-urls "http://127.0.0.1:$2" --initial-advertise-peer-urls "http://127.0.0.1:$2"
		--initial-cluster "one=http://127.0.0.1:$2")
}

apiserver_command() { # ETCD-PORT ADDRESS PORT
	command=("$cache/bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$1"
		--bind-address "$2" --advertise-address "$2" --secure-port "$3"
		--service-cluster-ip-range "$service_range"
		--authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction
		--allow-privileged --profiling=false
		--default-not-ready-toleration-seconds "$toleration" --default-unreachable-toleration-seconds "$toleration"
		--client-ca-file "$keys/ca.crt" --tls-cert-file "$keys/apiserver.crt" --tls-private-key-file "$keys/apiserver.key"
		--service-account-issuer https://kubernetes.default.svc.cluster.local
		--service-account-key-file "$keys/accounts.pub" --service-account-signing-key-file "$keys/accounts.key"
		--kubelet-certificate-authority "$keys/ca.crt" --kubelet-preferred-address-types InternalIP
		--kubelet-client-certificate "$keys/kubelet-client.crt" --kubelet-client-key "$keys/kubelet-client.key"
		--requestheader-client-ca-file "$keys/ca.crt" --requestheader-allowed-names front-proxy-client
		--requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group
		--requestheader-extra-headers-prefix X-Remote-Extra-
		--proxy-client-cert-file "$keys/front-proxy.crt" --proxy-client-key-file "$keys/front-proxy.key")
	if [ "$2" = 127.0.0.1 ]; then command+=(--endpoint-reconciler-type none); fi
}

controllers_command() {
	command=("$cache/bin/kube-controller-manager" --kubeconfig "$keys/controller-manager.kubeconfig"
		--secure-port 0 --leader-elect=false --profiling=false --use-service-account-credentials
		--service-account-private-key-file "$keys/accounts.key" --root-ca-file "$keys/ca.crt"
		--cluster-signing-cert-file "$keys/ca.crt" --cluster-signing-key-file "$keys/ca.key"
		--allocate-node-cidrs=false --kube-api-qps 200 --kube-api-burst 400
		--node-monitor-period 1s --node-monitor-grace-period "${node_grace}s")
}

make_keys() { # OUTSIDE INSIDE NODES
	"$tool" keys --folder "$keys" --outside "$1" --inside "$2" --nodes "$3" \
		--hosts "127.0.0.1,localhost,$control_address,$service_kubernetes,kubernetes,kubernetes.default,kubernetes.default.svc,kubernetes.default.svc.cluster.local"
	cp "$keys/outside.kubeconfig" "$run/kubeconfig"
}

up_api_only() {
	local client peer port
	read -r client peer port < <("$tool" ports 3)
	make_keys "https://127.0.0.1:$port" "https://127.0.0.1:$port" ""
	etcd_command "$client" "$peer"
	background etcd "${command[@]}"
	"$tool" await "$(pid_of etcd)" "http://127.0.0.1:$client/health" || fail "see $logs/etcd.log"
	apiserver_command "$client" 127.0.0.1 "$port"
	background kube-apiserver "${command[@]}"
	"$tool" await "$(pid_of kube-apiserver)" "https://127.0.0.1:$port/readyz" || fail "see $logs/kube-apiserver.log"
	if [ -n "$crds" ]; then apply_crds; fi
	controllers_command
	background kube-controller-manager "${command[@]}"
	await_account
}

# The controllers look for kinds when they start, and then every 30 s: until they have seen a kind,
# they do not remove what belongs to an object of it.
apply_crds() {
	kubectl apply --server-side -f "$crds" >/dev/null
	kubectl wait --for=condition=Established crd --all --timeout=60s >/dev/null
}

# No pod can be made before the controller manager has made this.
await_account() {
	local left
	for ((left = 600; left > 0; left--)); do
		if kubectl get serviceaccount default >/dev/null 2>&1; then return; fi
		sleep 0.05
	done
	fail "the controller manager made no service account: see $logs"
}

# The arguments of the control host's first process: what it runs.
control_programs() {
	local api=https://$control_address:6443/readyz
	etcd_command 2379 2380
	programs=(etcd "${command[@]}" ,)
	apiserver_command 2379 "$control_address" 6443
	programs+=(kube-apiserver sh -c "$(when_ready http://127.0.0.1:2379/health "${command[@]}")" ,)
	controllers_command
	programs+=(kube-controller-manager sh -c "$(when_ready "$api" "${command[@]}")" ,)
	programs+=(kube-scheduler sh -c "$(when_ready "$api" kube-scheduler --kubeconfig "$keys/scheduler.kubeconfig" \
		--secure-port 0 --leader-elect=false --kube-api-qps 200 --kube-api-burst 400)" ,)
	programs+=(dns sh -c "$(when_ready "$api" "$program" dns "$run/Corefile")" ,)
	programs+=(storage sh -c "$(when_ready "$api" "$program" storage --kubeconfig "$keys/admin.kubeconfig" --hosts "$run/hosts")" ,)
	programs+=(kube-proxy sh -c "$(when_ready "$api" kube-proxy --config "$run/proxy-control.yaml")")
}
