-- enter.lua  Writes down who leads under this token, so that attempts can be told by their leader's epoch.
-- KEYS[1] hash  {ns}:leader   the fence: node   KEYS[2] zset {ns}:leaders   '<epoch> <node>' by epoch, the newest 1,000
-- ARGV[1] fencing token
-- Returns 1. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local epoch = string.match(ARGV[1], '^%d+')
begin_writing(KEYS[1])
redis.call('ZADD', KEYS[2], epoch, epoch .. ' ' .. (redis.call('HGET', KEYS[1], 'node') or ''))
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1001)
return 1
