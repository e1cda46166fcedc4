-- bar-claims.lua  Bars every claim up to a sequence number that may still arrive.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] sequence
-- Returns 1. Errors: FENCED, also where claimSeq cannot be read.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local barred = tonumber(redis.call('HGET', KEYS[1], 'claimSeq') or '0')
if not barred then -- only another token makes it readable again
  return redis.error_reply('FENCED the lease is damaged: claimSeq is no number')
end
if tonumber(ARGV[2]) > barred then
  begin_writing(KEYS[1])
  redis.call('HSET', KEYS[1], 'claimSeq', ARGV[2])
end
return 1
