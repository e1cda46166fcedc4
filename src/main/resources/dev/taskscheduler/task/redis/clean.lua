-- clean.lua  Removes ended tasks that are too old or too many, with record, attempts and index entry, under the leader's token.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] limit, 1 to 500
-- ARGV[3] retention in ms
-- ARGV[4] done at the most, retained at the most and cancelled at the most
-- ARGV[5] dead at the most, and expired at the most
-- ARGV[6] ms for which nothing is removed after its submission and its end: either may come again for so long, and its record
-- alone shows that it came before
-- Returns how many were removed. Errors: FENCED.
local prefix, limit, retention = K['task:'], tonumber(ARGV[2]), tonumber(ARGV[3])
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local now = now_us()
local horizon, young = now - retention * 1000, tonumber(ARGV[6]) * 1000
local ids = {}

-- Whether a task was submitted or ended just now, and when it ended; nil where the record is gone.
local function age(id)
  local head = part(prefix .. id, 0, TYPE - 1)
  local submitted = tonumber(string.sub(head, SUBMITTED + 1), 16)
  local finished = tonumber(string.sub(head, FINISHED + 1, FINISHED + 13), 16)
  local function is_new(time) -- by a clock that was set back a little, too
    return time and math.abs(now - time) < young
  end
  return is_new(submitted) or is_new(finished), finished
end

-- Done is a list by arrival. One that ended while Redis's clock was ahead says nothing of those behind it: it is passed over,
-- and stands among the newest then.
local over = redis.call('LLEN', K.done) - tonumber(ARGV[4])
local oldest = redis.call('LRANGE', K.done, -limit, -1)
local done, ahead = 0, {}
for i = #oldest, 1, -1 do
  local is_new, finished = age(oldest[i])
  if is_new or #ids >= over and finished and finished > horizon and finished <= now then
    break
  end
  done = done + 1
  if #ids >= over and finished and finished > now then
    ahead[#ahead + 1] = oldest[i]
  else
    ids[#ids + 1] = oldest[i]
  end
end

local ranks, ENDED = {}, { K.retained, K.dead, K.expired, K.cancelled }
for i, bounds in ipairs({
  { now / 1000, ARGV[4] }, { horizon / 1000, ARGV[5] }, { horizon / 1000, ARGV[5] }, { horizon / 1000, ARGV[4] },
}) do
  local key, room = ENDED[i], limit - #ids
  over = redis.call('ZCARD', key) - tonumber(bounds[2])
  oldest = room > 0 and redis.call('ZRANGE', key, 0, room - 1, 'WITHSCORES') or {}
  ranks[i] = 0
  for j = 1, #oldest, 2 do
    if ranks[i] >= over and tonumber(oldest[j + 1]) > bounds[1] or (age(oldest[j])) then
      break
    end
    ranks[i] = ranks[i] + 1
    ids[#ids + 1] = oldest[j]
  end
end

if done == 0 and #ids == 0 then
  return 0
end
begin_writing(KEYS[1])
local keys = {}
for _, id in ipairs(ids) do
  keys[#keys + 1] = prefix .. id
  keys[#keys + 1] = K['attempts:'] .. id
end
if #keys > 0 then
  redis.call('UNLINK', unpack(keys))
end
if done > 0 then
  redis.call('RPOP', K.done, done)
end
if #ahead > 0 then
  redis.call('LPUSH', K.done, unpack(ahead))
end
for i, some in ipairs(ranks) do
  if some > 0 then
    redis.call('ZREMRANGEBYRANK', ENDED[i], 0, some - 1)
  end
end
return #ids
