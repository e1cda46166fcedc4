-- pause.lua  Pauses or resumes everything, one priority or one type. Through any node.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] what
-- ARGV[2] 1 to pause, 0 to resume
-- ARGV[3] how many may be paused at once
-- Returns 1 (it is so now), or 0 (too many are paused already).
if ARGV[2] == '1' then
  if redis.call('HEXISTS', K.paused, ARGV[1]) == 1 then
    return 1
  end
  if redis.call('HLEN', K.paused) >= tonumber(ARGV[3]) then
    return 0
  end
  begin_writing(KEYS[1])
  redis.call('HSET', K.paused, ARGV[1], string.format('%.0f', math.floor(now_us() / 1000)))
elseif redis.call('HDEL', K.paused, ARGV[1]) == 1 then
  redis.call('HDEL', KEYS[1], 'waiting')
  publish(K.wake, '1') -- what waited may run
  publish(K.maintenance, '1') -- and what was set aside goes back
end
return 1
