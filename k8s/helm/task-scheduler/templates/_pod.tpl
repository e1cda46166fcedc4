{{- /* What differs from node to node, or names a file of a volume. */ -}}
{{- define "scheduler.env" -}}
- name: NODE_ID
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- {name: CONSENSUS_TYPE, value: {{ .Values.elector }}}
{{- if eq .Values.elector "raft" }}
- {name: RAFT_BIND_ADDR, value: ":9900"}
- {name: RAFT_DATA_DIR, value: /data/raft}
{{- if .Values.raft.existingSecret }}
- {name: RAFT_SECRET_FILE, value: /etc/scheduler-raft/secret}
{{- end }}
{{- if .Values.raft.tls.existingSecret }}
- {name: RAFT_TLS_CERT, value: /etc/scheduler-raft-tls/tls.crt}
- {name: RAFT_TLS_KEY, value: /etc/scheduler-raft-tls/tls.key}
- {name: RAFT_TLS_CA, value: /etc/scheduler-raft-tls/ca.crt}
{{- end }}
- {name: RAFT_NODES, value: "{{ include "scheduler.raftNodes" . }}"}
{{- end }}
{{- if .Values.signingKeys.existingSecret }}
- {name: HTTP_SIGNING_KEYS_FILE, value: /etc/scheduler-signing-keys/keys}
{{- end }}
{{- if .Values.tokens.existingSecret }}
- {name: API_TOKENS_FILE, value: /etc/scheduler-tokens/tokens}
{{- end }}
{{- if .Values.tls.existingSecret }}
- {name: TLS_CERT, value: /etc/scheduler-tls/tls.crt}
- {name: TLS_KEY, value: /etc/scheduler-tls/tls.key}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "scheduler.mounts" -}}
{{- $v := .Values -}}
- {name: tmp, mountPath: /tmp}
{{- if $v.redis.password.existingSecret }}
- {name: redis-password, mountPath: /etc/scheduler-redis, readOnly: true}
{{- end }}
{{- if eq $v.elector "raft" }}
- {name: data, mountPath: /data}
{{- if $v.raft.existingSecret }}
- {name: raft, mountPath: /etc/scheduler-raft, readOnly: true}
{{- end }}
{{- if $v.raft.tls.existingSecret }}
- {name: raft-tls, mountPath: /etc/scheduler-raft-tls, readOnly: true}
{{- end }}
{{- end }}
{{- if $v.redis.sentinelPassword.existingSecret }}
- {name: sentinel-password, mountPath: /etc/scheduler-sentinel, readOnly: true}
{{- end }}
{{- if $v.redis.tls.existingSecret }}
- {name: redis-tls, mountPath: /etc/scheduler-redis-tls, readOnly: true}
{{- end }}
{{- if $v.signingKeys.existingSecret }}
- {name: signing-keys, mountPath: /etc/scheduler-signing-keys, readOnly: true}
{{- end }}
{{- if $v.tokens.existingSecret }}
- {name: tokens, mountPath: /etc/scheduler-tokens, readOnly: true}
{{- end }}
{{- if $v.tls.existingSecret }}
- {name: tls, mountPath: /etc/scheduler-tls, readOnly: true}
{{- end }}
{{- with $v.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* A Secret as files that the pod's group alone can read (0440): (list "volume" "Secret" "key" "file"), or without the last two. */ -}}
{{- define "scheduler.secret" -}}
- name: {{ index . 0 }}
  secret:
    secretName: {{ index . 1 }}
    defaultMode: 288
    {{- if and (eq (len .) 4) (ne (index . 2) (index . 3)) }}
    items: [{key: {{ index . 2 }}, path: {{ index . 3 }}}]
    {{- end }}
{{- end -}}

{{- define "scheduler.volumes" -}}
{{- $v := .Values -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- if $v.redis.password.existingSecret }}
{{ include "scheduler.secret" (list "redis-password" $v.redis.password.existingSecret $v.redis.password.key "password") }}
{{- end }}
{{- if and (eq $v.elector "raft") $v.raft.existingSecret }}
{{ include "scheduler.secret" (list "raft" $v.raft.existingSecret $v.raft.key "secret") }}
{{- end }}
{{- if and (eq $v.elector "raft") $v.raft.tls.existingSecret }}
{{ include "scheduler.secret" (list "raft-tls" $v.raft.tls.existingSecret) }}
{{- end }}
{{- if $v.redis.sentinelPassword.existingSecret }}
{{ include "scheduler.secret" (list "sentinel-password" $v.redis.sentinelPassword.existingSecret $v.redis.sentinelPassword.key "password") }}
{{- end }}
{{- if $v.redis.tls.existingSecret }}
{{ include "scheduler.secret" (list "redis-tls" $v.redis.tls.existingSecret) }}
{{- end }}
{{- if $v.signingKeys.existingSecret }}
{{ include "scheduler.secret" (list "signing-keys" $v.signingKeys.existingSecret $v.signingKeys.key "keys") }}
{{- end }}
{{- if $v.tokens.existingSecret }}
{{ include "scheduler.secret" (list "tokens" $v.tokens.existingSecret $v.tokens.key "tokens") }}
{{- end }}
{{- if $v.tls.existingSecret }}
{{ include "scheduler.secret" (list "tls" $v.tls.existingSecret) }}
{{- end }}
{{- with $v.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
