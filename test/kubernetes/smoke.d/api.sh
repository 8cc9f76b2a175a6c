# shellcheck shell=bash
# What the API server is told: rules of CRDs, charts.

rules() {
	kubectl apply -f - <<'END' || return
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.smoke.test}
spec:
  group: smoke.test
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-validations:
            - {rule: "self.low <= self.high", message: "low must not be over high"}
            properties: {low: {type: integer}, high: {type: integer}}
END
	kubectl wait --for=condition=Established crd/things.smoke.test --timeout=30s || return
	local thing='{"apiVersion": "smoke.test/v1", "kind": "Thing", "metadata": {"name": "NAME"}, "spec": {"low": LOW, "high": 2}}'
	until_equal thing.smoke.test/good sh -c "echo '$thing' | sed 's/NAME/good/; s/LOW/1/' |
		'$cache/bin/kubectl' --kubeconfig '$config' -n smoke apply --server-side -o name -f -" || return
	! sed 's/NAME/bad/; s/LOW/3/' <<<"$thing" | kubectl apply --server-side -f - 2>"$work/refused" || return
	grep -q 'low must not be over high' "$work/refused"
}

chart() {
	mkdir -p "$work/chart/templates"
	printf 'apiVersion: v2\nname: smoke\nversion: 1.0.0\n' >"$work/chart/Chart.yaml"
	cat >"$work/chart/templates/map.yaml" <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-map"}
data: {name: "{{ .Release.Name }}"}
END
	"$cache/bin/helm" --kubeconfig "$config" --namespace smoke install one "$work/chart" || return
	until_equal one field configmap/one-map '{.data.name}' || return
	"$cache/bin/helm" --kubeconfig "$config" --namespace smoke uninstall one
}
