-- bar.lua  Bars every claim up to a sequence number that may still arrive.
-- KEYS[1] hash  {ns}:leader   the fence
-- ARGV[1] fencing token   ARGV[2] sequence
-- Returns 1. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the fence')
end
if tonumber(ARGV[2]) > tonumber(redis.call('HGET', KEYS[1], 'claimSeq') or '0') then
  begin_writing(KEYS[1])
  redis.call('HSET', KEYS[1], 'claimSeq', ARGV[2])
end
return 1
