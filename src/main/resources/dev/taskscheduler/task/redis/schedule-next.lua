-- schedule-next.lua  Sets the instant at which a schedule stands, computed anew by newer time-zone rules.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] name
-- ARGV[3] its generation, as it was seen
-- ARGV[4] the planned ms that it stands at, as it was seen
-- ARGV[5] the version of the rules
-- ARGV[6] the planned ms at which it stands then, '' for none
-- ARGV[7] the ms when that fires, '' for none
-- Returns 1, or 0 if another call has changed it. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local name, key = ARGV[2], K['schedule:'] .. ARGV[2]
local s = fields_of(name, 'next')
if not s or s.generation ~= ARGV[3] or s.next ~= ARGV[4] then
  return 0
end
local is_due = redis.call('ZSCORE', K.due, name)
begin_writing(KEYS[1])
if ARGV[6] == '' then
  redis.call('HDEL', key, 'next', 'fire')
  redis.call('ZREM', K.due, name)
  return 1
end
redis.call('HSET', key, 'next', ARGV[6], 'fire', ARGV[7], 'rules', ARGV[5])
if is_due then
  wait_until(K.due, { ARGV[7], name })
end
return 1
