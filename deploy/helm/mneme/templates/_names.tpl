{{- define "mneme.labels" -}}
app.kubernetes.io/name: mneme
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
{{- define "mneme.selector" -}}
app.kubernetes.io/name: mneme
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "mneme.claim" -}}
{{ .Values.persistence.existingClaim | default (printf "%s-data" .Release.Name) }}
{{- end }}
