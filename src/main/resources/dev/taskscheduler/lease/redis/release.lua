-- release.lua  Releases the lease and wakes the waiting candidates.
-- KEYS[1] hash  {ns}:leader  the lease: epoch, nonce, released, gateRunId, waiting
-- ARGV[1] fencing token, epoch:nonce   ARGV[2] the channel to tell, {ns}:released   ARGV[3] why, a word
-- Returns 1 if the token held the lease (also when it had released it already), else 0.
local f = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'released')
if not f[1] or not f[2] or f[1] .. ':' .. f[2] ~= ARGV[1] then
  return 0
end
if f[3] then
  return 1
end
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
redis.call('HDEL', KEYS[1], 'waiting') -- the leader's mark; and lets the next write pass when Redis is full
redis.call('HSET', KEYS[1], 'released', ARGV[3], 'gateRunId', runId)
redis.pcall('PUBLISH', ARGV[2], 'released') -- a hint: who waits looks by itself too
return 1
