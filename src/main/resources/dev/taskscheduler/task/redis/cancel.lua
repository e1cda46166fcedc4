-- cancel.lua  Cancels a task that waits, or asks the leader to cancel one that runs. Through any node.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] id
-- Returns 'unknown' if there is no such task; 'cancelled ' and where it was (scheduled, retrying or ready) if this call did it;
-- 'asked' if it runs and the leader was asked; 'ended ' and how (completed, dead, expired or cancelled) if it had ended already.
local id = ARGV[1]
local record = part(K['task:'] .. id, 0, 4095) -- all but the payload
local state = string.sub(record, 1, 1)
if #record <= TYPE or not WORDS[string.sub(record, PRIORITY + 1, PRIORITY + 1)] then
  return 'unknown' -- it cannot be read
end
if state ~= 'w' then
  return 'ended ' .. (ENDS[state] or 'cancelled')
end
if redis.call('HEXISTS', K.running, id) == 1 then
  begin_writing(KEYS[1])
  redis.call('HSET', K.cancelling, id, '1')
  publish(K.cancel, id)
  return 'asked'
end
check_moves()
local scheduled = redis.call('ZSCORE', K.scheduled, id)
begin_writing(KEYS[1])
to_cancelled(id, record, scheduled, now_us())
local charged = string.sub(record, CHARGED + 1, PRIORITY) ~= '0000'
return 'cancelled ' .. (not scheduled and 'ready' or charged and 'retrying' or 'scheduled')
