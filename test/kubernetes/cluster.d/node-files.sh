# shellcheck shell=bash
# The configuration of what a node runs, each file by the function that prints it.

node_files() { # NODE
	local root=$run/hosts/$1
	mkdir -p "$root/var" "$root/cni"
	ln -sfn /run "$root/var/run"
	proxy_config "$1" >"$root/proxy.yaml"
	containerd_config "$1" >"$root/containerd.toml"
	pod_network "$1" >"$root/cni/pods.conflist"
	kubelet_config "$1" >"$root/kubelet.yaml"
}

proxy_config() { # NODE
	cat <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $pod_range
hostnameOverride: $1
clientConnection: {kubeconfig: $keys/proxy.kubeconfig}
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {minSyncPeriod: 200ms, syncPeriod: 30s}
END
}

containerd_config() { # NODE
	cat <<END
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.internal.v1.restart", "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.native",
]
[grpc]
  address = "/run/containerd/containerd.sock"
[ttrpc]
  address = "/run/containerd/containerd.sock.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "gantry.test/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$run/hosts/$1/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
END
}

pod_network() { # NODE
	cat <<END
{
  "cniVersion": "0.4.0",
  "name": "pods",
  "plugins": [
    {
      "type": "ptp",
      "ipMasq": false,
      "ipam": {
        "type": "host-local",
        "dataDir": "/run/cni/networks",
        "ranges": [[{"subnet": "$(node_pods "$1")"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
END
}

kubelet_config() { # NODE
	cat <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $keys/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $keys/$1-serving.crt
tlsPrivateKeyFile: $keys/$1-serving.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: $cgroup/$1
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
clusterDNS: [$service_dns]
clusterDomain: cluster.local
resolvConf: $run/resolv.conf
volumePluginDir: /var/lib/kubelet/volume-plugins
podLogsDir: /var/log/pods
syncFrequency: 5s
nodeStatusUpdateFrequency: 2s
nodeLeaseDurationSeconds: $node_grace
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: "1%", imagefs.available: "1%"}
kubeAPIQPS: 200
kubeAPIBurst: 400
registryPullQPS: 0
eventRecordQPS: 0
END
}
