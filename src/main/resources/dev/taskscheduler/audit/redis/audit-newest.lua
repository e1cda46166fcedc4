-- audit-newest.lua  Reads entries of the audit, the newest first.
-- KEYS[1] list {ns}:audit   newest first: number, when it was added (ms) and the entry, with a tab between them
-- ARGV[1] only entries before this number; 0 for all   ARGV[2] entries at the most
-- Returns the entries.
local from, before = 0, tonumber(ARGV[1])
if before > 0 then
  local newest = redis.call('LINDEX', KEYS[1], 0)
  local number = newest and tonumber(string.match(newest, '^(%d+)\t')) or 0
  from = math.max(0, number - before + 1)
end
return redis.call('LRANGE', KEYS[1], from, from + tonumber(ARGV[2]) - 1)
