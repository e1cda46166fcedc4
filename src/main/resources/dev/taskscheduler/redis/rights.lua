-- rights.lua  Finds a command of our scripts that this user may not use: tries each where it does no harm.
-- KEYS[1] any  {ns}:rights   exists in this script alone
-- ARGV[1] a channel, {ns}:rights
-- Returns '' if all are allowed, else the first that is not; after a '?' where the server does not know it.
--
-- Redis checks rights call by call, so a script that lacks one is stopped in its middle, and what it has written stays.
local key, channel = KEYS[1], ARGV[1]

-- The text differs: Redis up to 7.0; 7.2 and newer, and Valkey.
local DENIED = { 'NOPERM', 'The user executing the script', 'ACL failure in script' }
local NOT_KNOWN = { 'Unknown Redis command', 'Unknown command' } -- renamed; in Redis, and in Valkey

local function has_one(text, parts)
  for _, part in ipairs(parts) do
    if string.find(text, part, 1, true) then
      return true
    end
  end
  return false
end

local function mark_if_denied(name, ...)
  local answer = redis.pcall(name, ...)
  local why = type(answer) == 'table' and answer.err or ''
  return has_one(why, DENIED) and '' or has_one(why, NOT_KNOWN) and '?' or nil
end

-- Most fail for what `key` holds or what they ask for, which is after the rights were checked. The first makes Redis let
-- the others pass when it is full; the last takes `key` away.
local tries = {
  { 'HDEL', key, '-' }, { 'SET', key, '', 'PX', '1000' }, { 'EXISTS', key }, { 'GET', key }, { 'GETRANGE', key, 0, 0 },
  { 'HEXISTS', key, '-' }, { 'HGET', key, '-' }, { 'HGETALL', key }, { 'HINCRBY', key, '-', 1 }, { 'HKEYS', key },
  { 'HLEN', key }, { 'HMGET', key, '-' }, { 'HSCAN', key, 0 }, { 'HSET', key, '-', '' }, { 'HVALS', key },
  { 'INFO', 'server' }, { 'LINDEX', key, 0 }, { 'LLEN', key }, { 'LPOS', key, '' }, { 'LPUSH', key, '' },
  { 'LRANGE', key, 0, 0 }, { 'LREM', key, 0, '' }, { 'LTRIM', key, 0, 0 }, { 'MSETNX', key, '' }, { 'PTTL', key },
  { 'PUBLISH', channel, '' }, { 'RPOP', key }, { 'RPUSH', key, '' }, { 'SCAN', 0, 'COUNT', 1 },
  { 'SETRANGE', key, 0, '' }, { 'TIME' }, { 'ZADD', key, 0, '' }, { 'ZCARD', key }, { 'ZCOUNT', key, 0, 0 },
  { 'ZMSCORE', key, '' }, { 'ZRANGE', key, 0, 0 }, { 'ZRANGEBYLEX', key, '-', '+' }, { 'ZRANGEBYSCORE', key, 0, 0 },
  { 'ZRANK', key, '' }, { 'ZREM', key, '' }, { 'ZREMRANGEBYRANK', key, 0, 0 }, { 'ZREVRANGE', key, 0, 0 },
  { 'ZSCAN', key, 0 }, { 'ZSCORE', key, '' }, { 'RENAME', key, key }, { 'TYPE', key }, { 'DEL', key }, { 'UNLINK', key },
}
for _, try in ipairs(tries) do
  local mark = mark_if_denied(unpack(try))
  if mark then
    redis.pcall('UNLINK', key)
    return mark .. try[1]
  end
end
return ''
