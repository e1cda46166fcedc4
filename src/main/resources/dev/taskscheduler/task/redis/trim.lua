-- trim.lua  Removes finished tasks that are too old or too many, record and index entry together, under the leader's token.
-- KEYS[1] hash  {ns}:leader   the fence
-- KEYS[2] list  {ns}:done     ids, newest at the left   KEYS[3] zset {ns}:dead   id by end time, ms
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] limit, 1 to 500
-- ARGV[4] retention in ms   ARGV[5] done at the most   ARGV[6] dead at the most
-- Returns how many were removed. Errors: FENCED.
local prefix, limit = ARGV[2], tonumber(ARGV[3])
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local horizon = now_us() - tonumber(ARGV[4]) * 1000
local keys = {}

local over = redis.call('LLEN', KEYS[2]) - tonumber(ARGV[5])
local oldest = redis.call('LRANGE', KEYS[2], -limit, -1)
local done = 0
for i = #oldest, 1, -1 do
  if done >= over then
    local finished = redis.call('GETRANGE', prefix .. oldest[i], 14, 26)
    if #finished == 13 and tonumber(finished, 16) > horizon then
      break
    end
  end
  done = done + 1
  keys[#keys + 1] = prefix .. oldest[i]
end

over = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[6])
oldest = limit > done and redis.call('ZRANGE', KEYS[3], 0, limit - done - 1, 'WITHSCORES') or {}
local dead = 0
for i = 1, #oldest, 2 do
  if dead >= over and tonumber(oldest[i + 1]) * 1000 > horizon then
    break
  end
  dead = dead + 1
  keys[#keys + 1] = prefix .. oldest[i]
end

if #keys > 0 then
  redis.call('UNLINK', unpack(keys)) -- frees
end
if done > 0 then
  redis.call('RPOP', KEYS[2], done)
end
if dead > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, dead - 1)
end
return done + dead
