# shellcheck shell=bash
# What becomes of pods: made, evicted, replaced, killed for their memory, removed.

stateful_set() {
	kubectl create namespace smoke || return
	kubectl label namespace smoke pod-security.kubernetes.io/enforce=restricted || return
	until_equal default field serviceaccount/default '{.metadata.name}' || return
	kubectl apply -f - <<'END' || return
apiVersion: v1
kind: Service
metadata: {name: peers}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: web}
  ports: [{name: http, port: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: peers
  replicas: 3
  podManagementPolicy: Parallel
  updateStrategy: {type: OnDelete}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 2
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: web
        image: gantry.test/busybox:1
        command: [sh, -c, "trap 'exit 0' TERM; hostname >/data/index.html; date +%s >>/data/starts; echo serving; httpd -f -p 8080 -h /data & wait"]
        env: [{name: VERSION, value: "1"}]
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
        resources: {requests: {cpu: 20m, memory: 16Mi}, limits: {cpu: 500m, memory: 64Mi}}
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
END
	kubectl rollout status statefulset/web --timeout=90s 2>/dev/null
	until_equal 3 field statefulset/web '{.status.readyReplicas}'
}

logs() { until_equal serving kubectl logs web-0; }

evict() { # POD
	kubectl create --raw "/api/v1/namespaces/smoke/pods/$1/eviction" -f - <<END
{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "$1", "namespace": "smoke"}}
END
}

eviction() {
	until_equal 1 field poddisruptionbudget/web '{.status.disruptionsAllowed}' || return
	evict web-0 || return
	if evict web-1 2>"$work/refused"; then
		echo "a second eviction was let through"
		return 1
	fi
	cat "$work/refused"
	grep -qi "disruption budget" "$work/refused" || return
	until_equal 3 field statefulset/web '{.status.readyReplicas}'
	until_equal 1 field poddisruptionbudget/web '{.status.disruptionsAllowed}'
}

on_delete() {
	local before other
	before=$(field pod/web-0 '{.metadata.uid}')
	other=$(field pod/web-1 '{.metadata.uid}')
	kubectl patch statefulset web --type=json \
		-p '[{"op": "replace", "path": "/spec/template/spec/containers/0/env/0/value", "value": "2"}]' || return
	sleep 2
	[ "$(field pod/web-0 '{.metadata.uid}')" = "$before" ] || return
	kubectl delete pod web-0 || return
	until_equal "2 true" field pod/web-0 '{.spec.containers[0].env[0].value} {.status.containerStatuses[0].ready}' || return
	[ "$(field pod/web-1 '{.metadata.uid}')" = "$other" ] || return
	# It was started three times on the same volume: at first, after the
	# eviction, and now.
	until_equal 3 kubectl exec web-0 -- sh -c 'wc -l </data/starts'
}

memory_limit() {
	kubectl label --overwrite namespace smoke pod-security.kubernetes.io/enforce=privileged || return
	kubectl apply -f - <<'END' || return
apiVersion: v1
kind: Pod
metadata: {name: greedy}
spec:
  restartPolicy: Never
  containers:
  - {name: greedy, image: "gantry.test/busybox:1", command: [tail, /dev/zero], resources: {limits: {memory: 32Mi}}}
END
	until_equal OOMKilled field pod/greedy '{.status.containerStatuses[0].state.terminated.reason}' &&
		kubectl delete pod greedy
}

removal() {
	kubectl delete statefulset web --timeout=60s || return
	kubectl delete pvc -l app=web --timeout=60s || return
	until_equal "" "$cache/bin/kubectl" --kubeconfig "$config" get pv -o name
}
