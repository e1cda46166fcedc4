-- acquire.lua  Grants the lease to a candidate, or returns the state that stands against it.
-- KEYS[1] hash  {ns}:leader  the lease: epoch, nonce, node, elector, trustMs, renewals, released,
--                            claimSeq, since, why, runId, gateRunId, waiting
-- ARGV[1] the candidate's nonce   ARGV[2] its node id   ARGV[3] its elector   ARGV[4] its trust in ms
-- ARGV[5] the token it has observed, epoch:nonce; empty for no lease   ARGV[6] the renewals it has
-- observed; empty if nothing but a release is to let it pass
-- ARGV[7] the oldest Redis that may hold the lease: its version's first number, ARGV[8] its second
-- ARGV[9] the largest epoch that the candidate has seen, 0 for none: a failover may have lost it here
-- Returns 1 and then the lease as observe.lua does when granted, 0 and the lease when refused; where this Redis must not
-- hold the lease, 2, 'policy' and its policy if it may drop tasks, 2, 'version' and its version if it is too old, or 2,
-- 'run_id' and '' if it does not tell its run id.
--
-- It is granted for the same nonce once more, after a release, where the lease stands as it was observed, and where none
-- stands and none was observed. The run id is that of this start of Redis. What was observed before a restart or failover
-- proves nothing: Redis may have come back with an older state, in which renewals (or a whole leadership) are missing. So
-- the first candidate then counts one renewal for the holder, and all candidates observe anew.
local lease = KEYS[1]
local nonce = ARGV[1]
local server = redis.call('INFO', 'server')
local version = string.match(server, 'redis_version:(%S+)') or ''
local memory = redis.pcall('INFO', 'memory') -- hosted services leave things out
local policy = type(memory) == 'string' and string.match(memory, 'maxmemory_policy:(%S+)') or 'unknown'
local major, minor = string.match(version, '^(%d+)%.(%d+)')
local oldest, now_runs = ARGV[7] * 1000000 + ARGV[8], tonumber(major or 0) * 1000000 + tonumber(minor or 0)
-- Looked at here and not before the call: it may be changed at any moment. No task has an expiry, so volatile-* keeps all.
if policy ~= 'noeviction' and policy ~= 'unknown' and string.sub(policy, 1, 9) ~= 'volatile-' then
  return { 2, 'policy', policy }
end
if now_runs < oldest then
  return { 2, 'version', version }
end

local runId = string.match(server, 'run_id:(%x+)')
if not runId then
  return { 2, 'run_id', '' }
end
local f = redis.call('HMGET', lease, 'epoch', 'nonce', 'renewals', 'released', 'gateRunId', 'node')
local stands = f[1] and f[2]

local function answer(granted)
  local now = redis.call('HMGET', lease,
    'epoch', 'nonce', 'node', 'elector', 'trustMs', 'renewals', 'released', 'since')
  for i, value in ipairs(now) do
    now[i] = value and string.sub(value, 1, 200) -- more than any of ours has
  end
  table.insert(now, 1, granted)
  return now
end

if stands and f[2] == nonce then
  if f[4] then
    return answer(0) -- a late copy of a call whose leadership has come and gone
  end
  redis.call('HDEL', lease, 'released') -- frees nothing, but lets the next writes pass when Redis is full
  redis.call('HINCRBY', lease, 'renewals', 1)
  return answer(1)
end
if stands and f[5] ~= runId then
  redis.call('HDEL', lease, 'released')
  redis.call('HINCRBY', lease, 'renewals', 1)
  redis.call('HSET', lease, 'gateRunId', runId)
  return answer(0)
end
if stands and not f[4] and not (ARGV[5] == f[1] .. ':' .. f[2] and ARGV[6] == f[3]) then
  return answer(0)
end
if not stands and ARGV[5] ~= '' then
  return answer(0)
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local epoch = now
for _, seen in ipairs({ tonumber(f[1] or 0), tonumber(ARGV[9]) }) do
  epoch = math.max(epoch, seen + 1)
end
-- For people: no lease stood, why its holder released it, or that it stood unrenewed.
local why = f[6] == ARGV[2] and 'again' or 'silent'
if not stands then
  why = 'first'
elseif f[4] then
  why = string.match(f[4], '^%l+$') and string.sub(f[4], 1, 20) or 'released'
end
redis.call('HDEL', lease, 'released', 'waiting')
redis.call('HSET', lease,
  'epoch', string.format('%.0f', epoch), 'nonce', nonce, 'node', ARGV[2], 'elector', ARGV[3],
  'trustMs', ARGV[4], 'renewals', '1', 'claimSeq', '0', 'since', string.format('%.0f', now), 'why', why,
  'runId', runId, 'gateRunId', runId)
return answer(1)
