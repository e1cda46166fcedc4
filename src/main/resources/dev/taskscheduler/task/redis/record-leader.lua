-- record-leader.lua  Writes down who leads under this token, so that attempts can be shown with their leader's epoch.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- Returns 1. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
begin_writing(KEYS[1])
record_leader(ARGV[1])
return 1
