-- record-leader.lua  Writes down who leads under this token, so that attempts can be told by their leader's epoch.
-- KEYS[1] hash  {ns}:leader   the lease: node   KEYS[2] zset {ns}:leaders   '<epoch> <node>' by epoch, the newest 1,000
-- ARGV[1] fencing token
-- Returns 1. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
begin_writing(KEYS[1])
record_leader(KEYS[1], KEYS[2], ARGV[1])
return 1
