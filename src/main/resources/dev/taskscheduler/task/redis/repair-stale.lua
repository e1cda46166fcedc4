-- repair-stale.lua  Puts the count of stale ids of a ready list right, if nothing was taken or cancelled since a look through the
-- list began.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] '<priority>:<queue>'
-- ARGV[3] how the list stood when the look began, as repair-queues.lua answered it
-- ARGV[4] how many stale ids the look has found
-- Returns 1 if the count was wrong and is right now, else 0. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local count = redis.call('HGET', K.stale, ARGV[2]) or '0'
-- what is pushed at the left moves none of these; each pop, and each return to the front, moves the last id
local stands = count .. ' ' .. short(redis.call('LINDEX', K['ready:'] .. ARGV[2], -1) or '')
if stands ~= ARGV[3] or count == ARGV[4] then
  return 0
end
begin_writing(KEYS[1])
if ARGV[4] == '0' then
  redis.call('HDEL', K.stale, ARGV[2])
else
  redis.call('HSET', K.stale, ARGV[2], ARGV[4])
end
return 1
