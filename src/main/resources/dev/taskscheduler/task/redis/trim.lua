-- trim.lua  Removes ended tasks that are too old or too many, record, trail and index entry together, under the leader's token.
-- KEYS[1] hash  {ns}:leader   the fence
-- KEYS[2] list  {ns}:done     ids, newest at the left   KEYS[3] zset {ns}:kept   id by removal time, ms
-- KEYS[4] zset  {ns}:dead     id by end time, ms        KEYS[5] zset {ns}:expired   KEYS[6] zset {ns}:cancelled
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] of trails   ARGV[4] limit, 1 to 500
-- ARGV[5] retention in ms   ARGV[6] done at the most, kept at the most and cancelled at the most   ARGV[7] dead and expired
-- Returns how many were removed. Errors: FENCED.
local prefix, limit, retention = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local now = now_us()
local horizon = now - retention * 1000
local ids = {}

local over = redis.call('LLEN', KEYS[2]) - tonumber(ARGV[6])
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
  ids[#ids + 1] = oldest[i]
end

local ranks = {}
for i, bounds in ipairs({
  { now / 1000, ARGV[6] }, { horizon / 1000, ARGV[7] }, { horizon / 1000, ARGV[7] }, { horizon / 1000, ARGV[6] },
}) do
  local key, room = KEYS[2 + i], limit - #ids
  over = redis.call('ZCARD', key) - tonumber(bounds[2])
  oldest = room > 0 and redis.call('ZRANGE', key, 0, room - 1, 'WITHSCORES') or {}
  ranks[i] = 0
  for j = 1, #oldest, 2 do
    if ranks[i] >= over and tonumber(oldest[j + 1]) > bounds[1] then
      break
    end
    ranks[i] = ranks[i] + 1
    ids[#ids + 1] = oldest[j]
  end
end

if #ids == 0 then
  return 0
end
local keys = {}
for _, id in ipairs(ids) do
  keys[#keys + 1] = prefix .. id
  keys[#keys + 1] = ARGV[3] .. id
end
redis.call('UNLINK', unpack(keys)) -- frees
if done > 0 then
  redis.call('RPOP', KEYS[2], done)
end
for i, some in ipairs(ranks) do
  if some > 0 then
    redis.call('ZREMRANGEBYRANK', KEYS[2 + i], 0, some - 1)
  end
end
return #ids
