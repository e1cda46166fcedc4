-- scan-running.lua  Lists a page of what is running.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] cursor, 0 at first
-- ARGV[3] about how many
-- Returns the next cursor (0 at the end), then id and value of each, or their first bytes where they are too long
-- to be any. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local page = redis.call('HSCAN', K.running, ARGV[2], 'COUNT', ARGV[3])
local all = { page[1] }
for _, item in ipairs(page[2]) do
  all[#all + 1] = string.sub(item, 1, LONGEST_VALUE)
end
return all
