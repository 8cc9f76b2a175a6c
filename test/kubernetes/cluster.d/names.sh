# shellcheck shell=bash
# The cluster's names: how hosts find them, and the service at which pods do.

name_files() {
	printf 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver %s\noptions ndots:5\n' \
		"$control_address" >"$run/resolv.conf"
	cat >"$run/Corefile" <<END
cluster.local in-addr.arpa ip6.arpa {
  bind $control_address
  errors
  ready $control_address:8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig $keys/admin.kubeconfig gantry
    pods verified
    ttl 5
  }
  loadbalance
}
. {
  bind $control_address
  template ANY ANY {
    rcode NXDOMAIN
  }
}
END
}

name_objects() {
	cat <<END
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  clusterIP: $service_dns
  ports:
  - {name: dns, port: 53, protocol: UDP}
  - {name: dns-tcp, port: 53, protocol: TCP}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
endpoints:
- addresses: [$control_address]
  conditions: {ready: true}
ports:
- {name: dns, port: 53, protocol: UDP}
- {name: dns-tcp, port: 53, protocol: TCP}
END
}
