{{- define "secretsops.fullname" -}}
{{- default (printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "secretsops.namespace" -}}{{ default .Release.Namespace .Values.namespace }}{{- end -}}
{{- define "secretsops.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "secretsops.fullname" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end -}}
{{- end -}}
{{- define "secretsops.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "secretsops.metadata" -}}
namespace: {{ include "secretsops.namespace" .root }}
labels:
  {{- include "secretsops.selector" .root | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  app.kubernetes.io/part-of: secretsops
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  {{- with .root.Values.commonLabels }}{{ toYaml . | nindent 2 }}{{ end }}
{{- with merge (dict) (default dict .annotations) .root.Values.commonAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
{{- define "secretsops.pairs" -}}
{{- $pairs := list -}}
{{- range $key, $value := . }}{{ $pairs = append $pairs (printf "%s=%s" $key $value) }}{{ end -}}
{{- join "," $pairs -}}
{{- end -}}
{{- define "secretsops.unsealerRules" -}}
- apiGroups: [bitnami.com]
  resources: [sealedsecrets]
  verbs: [get, list, watch]
- apiGroups: [bitnami.com]
  resources: [sealedsecrets/status]
  verbs: [get, update, patch]
{{- if .Values.sopsSecrets }}
- apiGroups: [isindir.github.com]
  resources: [sopssecrets]
  verbs: [get, list, watch]
- apiGroups: [isindir.github.com]
  resources: [sopssecrets/status]
  verbs: [get, update, patch]
{{- end }}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
{{- define "secretsops.probe" -}}
{{- if .custom -}}
{{ .name }}: {{- toYaml .custom | nindent 2 }}
{{- else if .probe.enabled -}}
{{ .name }}:
  httpGet: {path: {{ .path }}, port: http}
  {{- omit .probe "enabled" | toYaml | nindent 2 }}
{{- end -}}
{{- end -}}
