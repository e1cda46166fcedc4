-- count.lua  Counts what stands where.
-- KEYS[1] list {ns}:ready:high  KEYS[2] medium  KEYS[3] low  KEYS[4] zset {ns}:scheduled  KEYS[5] hash {ns}:running
-- KEYS[6] list {ns}:done        KEYS[7] zset {ns}:kept   KEYS[8] zset {ns}:dead   KEYS[9] zset {ns}:expired
-- KEYS[10] zset {ns}:cancelled  KEYS[11] set {ns}:parked   KEYS[12] hash {ns}:stale
-- ARGV[1] key prefix of what is parked
-- Returns how many are ready by priority (what is parked among them, what is stale not), scheduled, running, completed, dead,
-- expired and cancelled.
local ready = { h = redis.call('LLEN', KEYS[1]), m = redis.call('LLEN', KEYS[2]), l = redis.call('LLEN', KEYS[3]) }
for _, what in ipairs(redis.call('SMEMBERS', KEYS[11])) do
  local letter = string.sub(what, 1, 1)
  ready[letter] = ready[letter] + redis.call('LLEN', ARGV[1] .. what)
end
local stale = redis.call('HGETALL', KEYS[12])
for i = 1, #stale, 2 do
  ready[stale[i]] = math.max(0, ready[stale[i]] - tonumber(stale[i + 1]))
end
return {
  ready.h, ready.m, ready.l, redis.call('ZCARD', KEYS[4]), redis.call('HLEN', KEYS[5]),
  redis.call('LLEN', KEYS[6]) + redis.call('ZCARD', KEYS[7]), redis.call('ZCARD', KEYS[8]), redis.call('ZCARD', KEYS[9]),
  redis.call('ZCARD', KEYS[10]),
}
