-- run.lua  Makes a task that waits for a time ready now, at the back of its queue. Through any node.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] id
-- Returns 'moved' if this call did it; 'unknown' if there is no such task; 'ready' or 'running' if it waits for no time; 'ended '
-- and how (completed, dead, expired or cancelled) if it has ended.
local id = ARGV[1]
local record = part(K['task:'] .. id, 0, 4095) -- all but the payload
local state = string.sub(record, 1, 1)
local priority = WORDS[string.sub(record, PRIORITY + 1, PRIORITY + 1)]
if #record <= TYPE or not priority then
  return 'unknown' -- it cannot be read
end
if state ~= 'w' then
  return 'ended ' .. (ENDS[state] or 'cancelled')
end
if redis.call('HEXISTS', K.running, id) == 1 then
  return 'running'
end
if not redis.call('ZSCORE', K.scheduled, id) then
  return 'ready'
end
local back = batch()
put(back, priority, queue_of(record), id)
redis.call('ZREM', K.scheduled, id)
push(back, 'LPUSH')
return 'moved'
