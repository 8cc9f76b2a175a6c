# shellcheck shell=bash
# Volumes grow, and can be full.

expansion() {
	kubectl patch pvc data-web-0 -p '{"spec": {"resources": {"requests": {"storage": "128Mi"}}}}' || return
	until_equal 128Mi field pvc/data-web-0 '{.status.capacity.storage}'
}

device_volume() {
	kubectl apply -f - <<'END' || return
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {storageClassName: device, accessModes: [ReadWriteOnce], resources: {requests: {storage: 320Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: disk}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: disk, image: "gantry.test/busybox:1", command: [sleep, "3600"], volumeMounts: [{name: disk, mountPath: /disk}]}
  volumes: [{name: disk, persistentVolumeClaim: {claimName: disk}}]
END
	until_equal true field pod/disk '{.status.containerStatuses[0].ready}' || return
	# It can be full.
	if kubectl exec disk -- fallocate -l 400M /disk/full; then return 1; fi
	kubectl patch pvc disk -p '{"spec": {"resources": {"requests": {"storage": "640Mi"}}}}' || return
	until_equal 640Mi field pvc/disk '{.status.capacity.storage}' || return
	kubectl exec disk -- fallocate -l 400M /disk/full || return
	kubectl delete pod/disk pvc/disk
	until_equal 0 sh -c "'$cache/bin/kubectl' --kubeconfig '$config' get pv -o name -l '' | xargs -r -n 1 '$cache/bin/kubectl' --kubeconfig '$config' get -o jsonpath='{.spec.storageClassName}{\"\\n\"}' | grep -c device || true"
}
