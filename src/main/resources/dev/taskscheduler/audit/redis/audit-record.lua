-- audit-record.lua  Adds entries to the audit and drops the oldest ones past the limit.
-- KEYS[1] list {ns}:audit   newest first: number, when it was added (ms) and the entry, with a tab between them
-- ARGV[1] entries at the most   ARGV[2..] entries, oldest first
-- Returns how many there are now.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local newest = redis.call('LINDEX', KEYS[1], 0)
local number = newest and tonumber(string.match(newest, '^(%d+)\t')) or 0
for i = 2, #ARGV do
  number = number + 1
  redis.call('LPUSH', KEYS[1], string.format('%.0f', number) .. '\t' .. now .. '\t' .. ARGV[i])
end
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[1]) - 1)
return redis.call('LLEN', KEYS[1])
