-- promote.lua  Makes scheduled tasks that are due ready, at the back of their queues, under the leader's token.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] limit, 1 to 500
-- Returns how many became ready, and ms until the next is due, -1 if none is scheduled. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local now_ms = now_us() / 1000
local due = redis.call('ZRANGEBYSCORE', K.scheduled, '-inf', now_ms, 'LIMIT', 0, ARGV[2])
if #due > 0 then
  for i = 1, 3 do -- raises its error where something of another type stands under the key: before the first write
    redis.call('LLEN', ready(i))
  end
  redis.call('ZREM', K.scheduled, unpack(due)) -- frees
  make_ready('LPUSH', due)
  wake()
end
local next_due = redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')
if #next_due == 0 then
  return { #due, -1 }
end
return { #due, math.max(0, math.ceil(tonumber(next_due[2]) - now_ms)) }
