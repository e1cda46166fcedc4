-- repair-counts.lua  Begins and ends a look through the store: says what there is, and puts the counts right that follow from it.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] queues at the most, and tasks that run at the most: what is more is not counted
-- Returns the time in us, how many counts were put right, the length of `done`, and how many tasks are ready. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local most = tonumber(ARGV[2])
local wrong = {}

-- Compares a count with what it should be.
local function compare(hash, field, count)
  local there = redis.call('HGET', hash, field)
  if (tonumber(there or '0') or -1) ~= count then
    wrong[#wrong + 1] = { hash, field, count }
  end
end

local queues, total = 0, 0
for _, priority in ipairs(PRIORITIES) do
  queues = queues + redis.call('ZCARD', K['queues:' .. priority])
end
for _, priority in ipairs(PRIORITIES) do
  local waiting = 0
  for _, queue in ipairs(queues <= most and redis.call('ZRANGE', K['queues:' .. priority], 0, -1) or {}) do
    local length = length_of(ready(priority, queue))
    waiting = waiting + math.max(0, length - (tonumber(redis.call('HGET', K.stale, priority .. ':' .. queue) or '0') or 0))
  end
  if queues <= most then
    compare(K.counts, priority, waiting)
  end
  total = total + (tonumber(redis.call('HGET', K.counts, priority) or '0') or 0)
end

if redis.call('HLEN', K.running) <= most then
  local occupied = {}
  for _, value in ipairs(redis.call('HVALS', K.running)) do
    local _, _, _, queue = running_of(value)
    if queue then
      occupied[queue] = (occupied[queue] or 0) + 1
    end
  end
  for _, queue in ipairs(redis.call('HKEYS', K.occupied)) do
    if not occupied[queue] then
      wrong[#wrong + 1] = { K.occupied, queue, 0 }
    end
  end
  for queue, count in pairs(occupied) do
    compare(K.occupied, queue, count)
  end
end
local time = now_us()
if #wrong > 0 then
  begin_writing(KEYS[1])
end
for _, w in ipairs(wrong) do
  if w[3] == 0 then
    redis.call('HDEL', w[1], w[2])
  else
    redis.call('HSET', w[1], w[2], w[3])
  end
end
return { string.format('%.0f', time), #wrong, redis.call('LLEN', K.done), total }
