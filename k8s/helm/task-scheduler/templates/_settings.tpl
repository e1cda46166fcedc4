{{- /* The settings of all nodes, the data of the ConfigMap. */ -}}
{{- define "scheduler.settings" -}}
REDIS_ADDR: {{ include "scheduler.redisAddress" . | quote }}
{{- if .Values.redis.password.existingSecret }}
REDIS_PASSWORD_FILE: /etc/scheduler-redis/password
{{- end }}
{{- if eq .Values.redis.mode "sentinel" }}
REDIS_SENTINEL_PASSWORD_FILE: /etc/scheduler-redis/password
{{- else if .Values.redis.sentinelPassword.existingSecret }}
REDIS_SENTINEL_PASSWORD_FILE: /etc/scheduler-sentinel/password
{{- end }}
{{- if .Values.redis.tls.existingSecret }}
REDIS_TLS_CA: /etc/scheduler-redis-tls/ca.crt
{{- if .Values.redis.tls.clientCertificate }}
REDIS_TLS_CERT: /etc/scheduler-redis-tls/tls.crt
REDIS_TLS_KEY: /etc/scheduler-redis-tls/tls.key
{{- end }}
{{- end }}
LISTEN_ADDR: ":8080"
{{- range $name, $value := .Values.settings }}
{{- /* A whole number comes as a float, and 1000000 would be printed as 1e+06. */}}
{{- if and (kindIs "float64" $value) (eq (floor $value) $value) }}
{{ $name }}: {{ $value | int64 | quote }}
{{- else }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}
