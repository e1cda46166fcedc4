-- schedule-put.lua  Creates, replaces and removes schedules, all or none. Through any node.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] schedules at the most
-- ARGV[2] the version of the time-zone rules
-- ARGV[3..] for each: name; the generation that was seen, '' if there was none; settings, '' to remove it; task; json; overlap;
-- fires that it may make, '' for no bound; planned ms at which it stands, and ms when that fires, '' for none; ms when it was
-- created; its group, '' for none
-- A pause stays, and so do runs; what waits for the end of a run does not.
-- Returns 'done ' and the last generation; 'again' if the generation of one is another by now, or one is created at a time that
-- is not now; or 'too_many'.
local WORDS_OF_ONE = 11
local added, now, some, last = 0, now_us(), {}, 0
for i = 3, #ARGV, WORDS_OF_ONE do
  local s = fields_of(ARGV[i], 'paused', 'group')
  local is_now = s or ARGV[i + 2] == '' or math.abs(now / 1000 - tonumber(ARGV[i + 9])) < 1000
  if (s and s.generation or '') ~= ARGV[i + 1] or not is_now then
    return 'again'
  end
  added = added + (ARGV[i + 2] == '' and -1 or s and 0 or 1)
  some[#some + 1] = { i, s }
end
if added > 0 and redis.call('ZCARD', K.schedules) + added > tonumber(ARGV[1]) then
  return 'too_many'
end
redis.call('ZCARD', K.due)

local function write_one(s, name, settings, task, json, overlap, remaining, next_ms, fire_ms, created, group)
  local key = K['schedule:'] .. name
  local generation = math.max(now, (s and tonumber(s.generation) or 0) + 1)
  last = generation
  redis.call('HSET', key, 'generation', string.format('%.0f', generation), 'settings', settings, 'task', task, 'json', json,
    'overlap', overlap, 'created', created, 'rules', ARGV[2])
  redis.call('HDEL', key, 'fault', 'buffer', 'waits', 'next', 'fire', 'remaining', 'group')
  redis.call('ZADD', K.schedules, 0, name)
  if remaining ~= '' then
    redis.call('HSET', key, 'remaining', remaining)
  end
  if group ~= '' then
    redis.call('HSET', key, 'group', group)
    redis.call('ZADD', K['group:'] .. group, 0, name)
  end
  if next_ms ~= '' then
    redis.call('HSET', key, 'next', next_ms, 'fire', fire_ms)
  end
  if next_ms == '' or s and s.paused then
    redis.call('ZREM', K.due, name)
  else
    wait_until(K.due, { fire_ms, name })
  end
end

for _, one in ipairs(some) do
  local i, s = unpack(one)
  if s and s.group then
    redis.call('ZREM', K['group:'] .. s.group, ARGV[i])
  end
  if ARGV[i + 2] == '' then
    remove_schedule(ARGV[i])
  else
    write_one(s, ARGV[i], unpack(ARGV, i + 2, i + WORDS_OF_ONE - 1))
  end
end
return 'done ' .. string.format('%.0f', last)
