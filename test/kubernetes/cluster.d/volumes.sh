# shellcheck shell=bash
# The storage classes; storage.go makes the volumes.

volume_objects() {
	cat <<'END'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: gantry.test/local
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
reclaimPolicy: Delete
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: device}
provisioner: gantry.test/local
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
reclaimPolicy: Delete
parameters: {kind: device}
END
}

remove_devices() {
	local device file
	losetup --list --noheadings --output NAME,BACK-FILE 2>/dev/null | while read -r device file; do
		case $file in "$run"/*) losetup --detach "$device" || true ;; esac
	done
}
