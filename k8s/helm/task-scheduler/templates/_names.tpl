{{- /* The names of all objects begin with it. The longest gets 9 characters more, and a StatefulSet may have 52. */ -}}
{{- define "scheduler.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 43 | trimSuffix "-" -}}
{{- end -}}

{{- /* The labels of an object: (list $ "task-scheduler") */ -}}
{{- define "scheduler.labels" -}}
{{- $top := index . 0 -}}
{{ include "scheduler.selector" . }}
app.kubernetes.io/version: {{ $top.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $top.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $top.Chart.Name ($top.Chart.Version | replace "+" "_") }}
{{- end -}}

{{- /* The labels by which pods are selected; they never change. */ -}}
{{- define "scheduler.selector" -}}
{{- $top := index . 0 -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ $top.Release.Name }}
{{- end -}}

{{- define "scheduler.image" -}}
{{- $image := index . 0 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 1) }}
{{- end -}}
{{- end -}}

{{- /* REDIS_ADDR */ -}}
{{- define "scheduler.redisAddress" -}}
{{- $name := include "scheduler.name" . -}}
{{- if eq .Values.redis.mode "external" -}}
{{ .Values.redis.address }}
{{- else if eq .Values.redis.mode "sentinel" -}}
redis-sentinel://{{ include "scheduler.sentinels" (list $ ",") }}/mymaster
{{- else -}}
{{ $name }}-redis:6379
{{- end -}}
{{- end -}}

{{- define "scheduler.sentinels" -}}
{{- $name := include "scheduler.name" (index . 0) -}}
{{- $all := list -}}
{{- range until 3 -}}
{{- $all = append $all (printf "%s-sentinel-%d.%s-sentinel:26379" $name . $name) -}}
{{- end -}}
{{- join (index . 1) $all -}}
{{- end -}}

{{- /* RAFT_NODES: as many members as replicas. */ -}}
{{- define "scheduler.raftNodes" -}}
{{- $name := include "scheduler.name" . -}}
{{- $all := list -}}
{{- range until (int .Values.replicas) -}}
{{- $all = append $all (printf "%s-%d:%s-%d.%s-raft:9900" $name . $name . $name) -}}
{{- end -}}
{{- join "," $all -}}
{{- end -}}

{{- /* (list $ "task-scheduler") */ -}}
{{- define "scheduler.spread" -}}
{{- $top := index . 0 -}}
{{- $labels := include "scheduler.selector" . -}}
{{- range list (list "topology.kubernetes.io/zone" $top.Values.spread.zones) (list "kubernetes.io/hostname" $top.Values.spread.hosts) }}
{{- if ne (index . 1) "none" }}
- maxSkew: 1
  topologyKey: {{ index . 0 }}
  whenUnsatisfiable: {{ index . 1 }}
  labelSelector:
    matchLabels:
      {{- $labels | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}
