-- announce.lua  Records that a node is there, and forgets nodes that were not seen for long.
-- KEYS[1] hash  {ns}:nodes   node id -> when it was last seen (ms), its HTTP address and its version, with a tab between them
-- ARGV[1] node id   ARGV[2] its HTTP address   ARGV[3] its version   ARGV[4] forgotten when not seen for so long, ms
-- ARGV[5] nodes at the most; one more is not recorded
-- An entry that no node wrote (too long, no time, a time to come) is removed like one that is too old, and so is one too many.
-- Returns all nodes that are recorded: id, entry, id, entry, ...
local LONGEST = 300 -- bytes of an id or an entry: more than any of ours has
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HDEL', KEYS[1], ARGV[1])
local all, kept = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local seen = tonumber(string.match(all[i + 1], '^(%d+)\t'))
  local ours = seen and seen <= now and now - seen < tonumber(ARGV[4]) and #all[i] <= LONGEST and #all[i + 1] <= LONGEST
  if ours and #kept < 2 * tonumber(ARGV[5]) then
    kept[#kept + 1], kept[#kept + 2] = all[i], all[i + 1]
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
if #kept < 2 * tonumber(ARGV[5]) then
  local entry = string.format('%.0f', now) .. '\t' .. ARGV[2] .. '\t' .. ARGV[3]
  redis.call('HSET', KEYS[1], ARGV[1], entry)
  kept[#kept + 1], kept[#kept + 2] = ARGV[1], entry
end
return kept
