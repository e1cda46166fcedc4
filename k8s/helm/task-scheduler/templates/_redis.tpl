{{- /* What Redis servers and Sentinels have in common. */ -}}
{{- define "scheduler.redisPod" -}}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 999
  runAsGroup: 999
  fsGroup: 999
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- /* (list "redis" "redis-cli" failures) */ -}}
{{- define "scheduler.redisProbes" -}}
{{- $ping := printf "exec: {command: [sh, -c, \"REDISCLI_AUTH=$(cat /etc/scheduler-redis/password) %s ping | grep -q PONG\"]}" (index . 1) -}}
startupProbe:
  {{ $ping }}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: {{ index . 2 }} # a large append-only file takes minutes to read
livenessProbe:
  tcpSocket: {port: {{ index . 0 }}}
  periodSeconds: 10
  failureThreshold: 6
readinessProbe:
  {{ $ping }}
  periodSeconds: 5
  timeoutSeconds: 3
{{- end -}}

{{- define "scheduler.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- /* The volume of a server or a Sentinel, by its values `storage`. */ -}}
{{- define "scheduler.claim" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .className }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests: {storage: {{ .size }}}
{{- end -}}
