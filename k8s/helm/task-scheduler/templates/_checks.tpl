{{- /* What the schema cannot say, since it depends on several values. All faults at once. */ -}}
{{- define "scheduler.checks" -}}
{{- $v := .Values -}}
{{- $faults := list -}}
{{- $external := eq $v.redis.mode "external" -}}
{{- if not (or $v.redis.password.existingSecret (and $external $v.redis.password.none)) -}}
{{- $faults = append $faults "redis.password.existingSecret is empty. Create a Secret, for example by `openssl rand -hex 32 | tr -d '\\n' | kubectl create secret generic scheduler-redis --from-file=password=/dev/stdin`, and name it there: --set redis.password.existingSecret=scheduler-redis." -}}
{{- end -}}
{{- if and $v.redis.password.none $v.redis.password.existingSecret -}}
{{- $faults = append $faults "redis.password.none is true, and redis.password.existingSecret names a Secret. Leave one out." -}}
{{- end -}}
{{- if and $v.redis.password.none (not $external) -}}
{{- $faults = append $faults (printf "redis.password.none is for redis.mode external. The Redis of redis.mode %s always asks for a password." $v.redis.mode) -}}
{{- end -}}
{{- if and $external (not $v.redis.address) -}}
{{- $faults = append $faults "redis.address is empty. redis.mode external needs it: host:port, redis://, redis-sentinel:// or redis-cluster://." -}}
{{- end -}}
{{- if and $v.redis.address (not $external) -}}
{{- $faults = append $faults (printf "redis.address is for redis.mode external, and redis.mode is %s. Set redis.mode to external, or leave the address out." $v.redis.mode) -}}
{{- end -}}
{{- if regexMatch "://[^/@]*:[^/@]*@" $v.redis.address -}}
{{- $faults = append $faults "redis.address holds a password. Anyone who may read the ConfigMap would see it: put it into the Secret of redis.password.existingSecret." -}}
{{- end -}}
{{- if and $v.redis.sentinelPassword.existingSecret (not (and $external (regexMatch "^rediss?-sentinel://" $v.redis.address))) -}}
{{- $faults = append $faults "redis.sentinelPassword is for redis.mode external with an address that begins with redis-sentinel:// or rediss-sentinel://." -}}
{{- end -}}
{{- if and $v.redis.tls.existingSecret (not (and $external (regexMatch "^rediss" $v.redis.address))) -}}
{{- $faults = append $faults "redis.tls is for redis.mode external with an address that begins with rediss." -}}
{{- end -}}
{{- if and $v.redis.tls.clientCertificate (not $v.redis.tls.existingSecret) -}}
{{- $faults = append $faults "redis.tls.clientCertificate is true, but redis.tls.existingSecret is empty. Name the Secret with ca.crt, tls.crt and tls.key." -}}
{{- end -}}
{{- if and (eq $v.elector "raft") (not (or $v.raft.existingSecret $v.raft.tls.existingSecret)) -}}
{{- $faults = append $faults "raft.existingSecret is empty. Without a proof anyone who reaches the Raft port can pose as a member. Create a Secret, for example by `openssl rand -hex 32 | kubectl create secret generic scheduler-raft --from-file=secret=/dev/stdin`, and name it there, or name one with certificates in raft.tls.existingSecret." -}}
{{- end -}}
{{- if and $v.ingress.enabled (not (or $v.tokens.existingSecret $v.tokens.none)) -}}
{{- $faults = append $faults "ingress.enabled is true, but tokens.existingSecret is empty: anyone who reaches the Ingress could submit tasks. Name a Secret of tokens (values.yaml says how to make one), or set tokens.none to true." -}}
{{- end -}}
{{- if and $v.tokens.none $v.tokens.existingSecret -}}
{{- $faults = append $faults "tokens.none is true, and tokens.existingSecret names a Secret. Leave one out." -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.hosts) -}}
{{- $faults = append $faults "ingress.hosts is empty. Name the host that callers use, for example --set ingress.hosts={tasks.example.com}." -}}
{{- end -}}
{{- $drain := $v.settings.DRAIN_TIMEOUT | default "10s" | toString -}}
{{- if regexMatch "^[0-9]+(s|m|h)$" $drain -}}
{{- $unit := get (dict "s" 1 "m" 60 "h" 3600) (trimAll "0123456789" $drain) -}}
{{- $needed := add (mul (int (regexFind "[0-9]+" $drain)) $unit) 15 -}}
{{- if lt (int $v.terminationGracePeriodSeconds) (int $needed) -}}
{{- $faults = append $faults (printf "terminationGracePeriodSeconds is %d, and must be at least %d: settings.DRAIN_TIMEOUT (%s) and 15 s. Else nodes are killed while their tasks end." (int $v.terminationGracePeriodSeconds) (int $needed) $drain) -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n- %s\n" (join "\n- " $faults)) -}}
{{- end -}}
{{- end -}}
