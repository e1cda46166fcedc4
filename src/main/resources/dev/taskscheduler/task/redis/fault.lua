-- fault.lua  Sets a schedule aside that could not be planned: it is looked at again after a while.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] name
-- ARGV[3] why
-- ARGV[4] ms until then
-- Returns 1. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
redis.call('ZCARD', K.due)
if fields_of(ARGV[2]) then
  begin_writing(KEYS[1])
  redis.call('HSET', K['schedule:'] .. ARGV[2], 'fault', ARGV[3])
  redis.call('ZADD', K.due, math.floor(now_us() / 1000) + tonumber(ARGV[4]), ARGV[2])
else
  redis.call('ZREM', K.due, ARGV[2])
end
return 1
