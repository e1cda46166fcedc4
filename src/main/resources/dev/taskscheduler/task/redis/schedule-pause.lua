-- schedule-pause.lua  Pauses a schedule, resumes it or removes it. Through any node.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] name
-- ARGV[2] what to do: pause, resume or delete
-- ARGV[3] for pause the note, '' for none
-- Returns 'unknown', 'changed' or 'unchanged'.
local name, action, key = ARGV[1], ARGV[2], K['schedule:'] .. ARGV[1]
if action == 'delete' then
  local group = redis.call('HGET', key, 'group')
  redis.call('ZCARD', K.due)
  if group then
    redis.call('ZREM', K['group:'] .. group, name)
  end
  return remove_schedule(name) and 'changed' or 'unknown'
end
local s = fields_of(name, 'paused', 'note', 'fire', 'waits')
if not s then
  return 'unknown'
end
redis.call('ZCARD', K.due)
if action == 'resume' then
  if not s.paused then
    return 'unchanged'
  end
  redis.call('HDEL', key, 'paused', 'note')
  if s.waits or s.fire then
    wait_until(K.due, { s.waits and math.floor(now_us() / 1000) or s.fire, name })
  end
  return 'changed'
end
if s.paused and (s.note or '') == ARGV[3] then
  return 'unchanged'
end
begin_writing(KEYS[1])
redis.call('HSET', key, 'paused', s.paused or string.format('%.0f', math.floor(now_us() / 1000)), 'note', ARGV[3])
redis.call('ZREM', K.due, name)
return 'changed'
