{{- define "gantry-operator.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "gantry-operator.fullname" -}}
{{- $name := include "gantry-operator.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "gantry-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gantry-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "gantry-operator.labels" -}}
{{ include "gantry-operator.selectorLabels" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: gantry
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "gantry-operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "gantry-operator.fullname" .) }}
{{- else }}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "gantry-operator.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* The namespaces that are watched, as JSON; of no meaning with watch.allNamespaces. */}}
{{- define "gantry-operator.namespaces" -}}
{{- .Values.watch.namespaces | default (list .Release.Namespace) | uniq | toJson }}
{{- end }}

{{- /* "true" or nothing: whether a kind of the Prometheus operator is to be made. */}}
{{- define "gantry-operator.monitored" -}}
{{- if or (eq .mode "Enabled") (and (eq .mode "Auto") (.context.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind))) -}}
true
{{- end }}
{{- end }}

{{- /* What the operator is told, one option an argument; `options` of the values come last and hold. */}}
{{- define "gantry-operator.options" -}}
{{- $options := dict "managementPort" .Values.managementPort }}
{{- $_ := set $options "leaseName" (include "gantry-operator.fullname" .) }}
{{- $_ := set $options "leaseNamespace" .Release.Namespace }}
{{- $_ := set $options "imageRepository" .Values.image.repository }}
{{- if not .Values.watch.allNamespaces }}
{{- $_ := set $options "namespaces" (include "gantry-operator.namespaces" . | fromJsonArray | join ",") }}
{{- end }}
{{- with .Values.watch.selector }}
{{- $_ := set $options "selector" . }}
{{- end }}
{{- range $name, $value := merge (deepCopy .Values.options) $options }}
- {{ printf "%s=%v" $name $value | quote }}
{{- end }}
{{- end }}
