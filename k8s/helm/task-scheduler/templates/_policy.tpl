{{- /* The pods of one part as a peer: (list $ "task-scheduler") */ -}}
{{- define "scheduler.peer" -}}
- podSelector:
    matchLabels: {{- include "scheduler.selector" . | nindent 6 }}
{{- end -}}

{{- define "scheduler.dns" -}}
- ports:
    - {protocol: UDP, port: {{ .Values.networkPolicy.egress.dnsPort }}}
    - {protocol: TCP, port: {{ .Values.networkPolicy.egress.dnsPort }}}
{{- end -}}

{{- /* To the servers of redis.mode sentinel. */ -}}
{{- define "scheduler.toSentinels" -}}
- to: {{- include "scheduler.peer" (list . "scheduler-redis") | nindent 4 }}
  ports:
    - {protocol: TCP, port: 6379}
- to: {{- include "scheduler.peer" (list . "scheduler-sentinel") | nindent 4 }}
  ports:
    - {protocol: TCP, port: 26379}
{{- end -}}

{{- /* To a Redis of one's own: the ports of redis.address and redisPorts, each once. */ -}}
{{- define "scheduler.toExternal" -}}
{{- $ports := list -}}
{{- range .Values.networkPolicy.egress.redisPorts -}}
{{- $ports = append $ports (int .) -}}
{{- end -}}
{{- if regexMatch "-sentinel://" .Values.redis.address -}}
{{- $ports = append $ports 26379 -}}
{{- end -}}
{{- range regexFindAll ":[0-9]+(,|/|$)" .Values.redis.address -1 -}}
{{- $ports = append $ports (regexFind "[0-9]+" . | int) -}}
{{- end -}}
- ports:
    {{- range uniq $ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .Values.networkPolicy.egress.redisTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
