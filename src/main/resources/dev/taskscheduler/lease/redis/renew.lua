-- renew.lua  Renews the lease, if the token still holds the lease of a Redis that has not restarted.
-- KEYS[1] hash  {ns}:leader  the lease: epoch, nonce, renewals, released, runId
-- ARGV[1] fencing token, epoch:nonce
-- Returns 'RENEWED', 'FENCED', or 'RESTARTED'.
local f = redis.call('HMGET', KEYS[1], 'epoch', 'nonce', 'released', 'runId')
if not f[1] or not f[2] or f[3] or f[1] .. ':' .. f[2] ~= ARGV[1] then
  return 'FENCED'
end
if f[4] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
  return 'RESTARTED'
end
redis.call('HDEL', KEYS[1], 'released') -- frees nothing, but lets the next write pass when Redis is full
redis.call('HINCRBY', KEYS[1], 'renewals', 1)
return 'RENEWED'
