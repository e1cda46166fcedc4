-- cancel.lua  Cancels a task that waits, or asks the leader to cancel one that runs. Through any node.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] id
-- Returns 'unknown' if there is no such task; 'cancelled ' and where it was (scheduled, retrying or ready) if this call did it;
-- 'asked' if it runs and the leader was asked; 'ended ' and how (completed, dead, expired or cancelled) if it had ended already.
local key = K['task:'] .. ARGV[1]
local record = part(key, 0, 4095) -- all but the payload
local state = string.sub(record, 1, 1)
if #record <= TYPE or not LIST[string.sub(record, PRIORITY + 1, PRIORITY + 1)] then
  return 'unknown' -- it cannot be read
end
if state ~= 'w' then
  return 'ended ' .. (ENDS[state] or 'cancelled')
end
if redis.call('HEXISTS', K.running, ARGV[1]) == 1 then
  begin_writing(KEYS[1])
  redis.call('HSET', K.cancelling, ARGV[1], '1')
  publish(K.cancel, ARGV[1])
  return 'asked'
end
redis.call('ZCARD', K.cancelled) -- raises its error where something of another type stands there: before the first write
if not tonumber(redis.call('HGET', K.stale, string.sub(record, PRIORITY + 1, PRIORITY + 1)) or 0) then
  error('the count of stale ids is no number')
end
local was = redis.call('ZREM', K.scheduled, ARGV[1]) == 1 and 'scheduled' or 'ready'
begin_writing(KEYS[1])
if was == 'ready' then -- its id stays where it is until a claim drops it: to take it out of the middle would cost too much
  redis.call('HINCRBY', K.stale, string.sub(record, PRIORITY + 1, PRIORITY + 1), 1)
end
local now = now_us()
redis.call('SETRANGE', key, 0, 'x')
redis.call('SETRANGE', key, 14, hex(13, now))
redis.call('ZADD', K.cancelled, math.floor(now / 1000), ARGV[1])
free_unique(ARGV[1], options(record))
if was == 'scheduled' and string.sub(record, CHARGED + 1, PRIORITY) ~= '0000' then
  was = 'retrying'
end
return 'cancelled ' .. was
