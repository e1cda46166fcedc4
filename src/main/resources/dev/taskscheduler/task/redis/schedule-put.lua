-- schedule-put.lua  Creates or replaces a schedule. Through any node.
-- include: record, index, transition, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] name
-- ARGV[2] the generation that was seen, '' if there was none
-- ARGV[3] settings
-- ARGV[4] task
-- ARGV[5] json
-- ARGV[6] overlap
-- ARGV[7] fires that it may make, '' for no bound
-- ARGV[8] planned ms at which it stands, '' for none
-- ARGV[9] ms when that fires, '' for none
-- ARGV[10] ms when it was created
-- ARGV[11] schedules at the most
-- Its pause stays, and its runs; what waits for the end of a run does not.
-- Returns 'done', 'again' if its generation is another by now, or 'too_many'.
local name, key = ARGV[1], K['schedule:'] .. ARGV[1]
local s = fields_of(name, 'paused')
if (s and s.generation or '') ~= ARGV[2] then
  return 'again'
end
if redis.call('ZCARD', K.schedules) >= tonumber(ARGV[11]) and not s then
  return 'too_many'
end
redis.call('ZCARD', K.due)
local generation = math.max(now_us(), (s and tonumber(s.generation) or 0) + 1)
redis.call('HSET', key, 'generation', string.format('%.0f', generation), 'settings', ARGV[3], 'task', ARGV[4], 'json', ARGV[5],
  'overlap', ARGV[6], 'created', ARGV[10])
redis.call('HDEL', key, 'fault', 'buffer', 'waits', 'next', 'fire', 'remaining')
redis.call('ZADD', K.schedules, 0, name)
if ARGV[7] ~= '' then
  redis.call('HSET', key, 'remaining', ARGV[7])
end
if ARGV[8] ~= '' then
  redis.call('HSET', key, 'next', ARGV[8], 'fire', ARGV[9])
end
if ARGV[8] == '' or s and s.paused then
  redis.call('ZREM', K.due, name)
else
  wait_until(K.due, { ARGV[9], name })
end
return 'done'
