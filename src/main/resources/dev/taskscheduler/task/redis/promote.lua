-- promote.lua  Makes scheduled tasks that are due ready, at the back of their queues, under the leader's token.
-- KEYS[1] hash  {ns}:leader      the lease
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] zset  {ns}:scheduled   id by due time, ms
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] wake channel   ARGV[4] limit, 1 to 500
-- Returns how many became ready, and ms until the next is due, -1 if none is scheduled. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local now_ms = now_us() / 1000
local due = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now_ms, 'LIMIT', 0, ARGV[4])
if #due > 0 then
  for i = 2, 4 do -- raises its error where something of another type stands under the key: before the first write
    redis.call('LLEN', KEYS[i])
  end
  redis.call('ZREM', KEYS[5], unpack(due)) -- frees
  make_ready('LPUSH', { KEYS[2], KEYS[3], KEYS[4] }, ARGV[2], due)
  wake(KEYS[1], ARGV[3])
end
local next_due = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
if #next_due == 0 then
  return { #due, -1 }
end
return { #due, math.max(0, math.ceil(tonumber(next_due[2]) - now_ms)) }
