-- pause.lua  Pauses or resumes everything or one priority. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] what
-- ARGV[2] 1 to pause, 0 to resume
-- Returns 1: it is so now.
if ARGV[2] == '1' then
  if redis.call('HEXISTS', K.paused, ARGV[1]) == 1 then
    return 1
  end
  begin_writing(KEYS[1])
  redis.call('HSET', K.paused, ARGV[1], string.format('%.0f', math.floor(now_us() / 1000)))
elseif redis.call('HDEL', K.paused, ARGV[1]) == 1 then
  redis.call('HDEL', KEYS[1], 'waiting')
  publish(K.wake, '1') -- what waited may run
end
return 1
