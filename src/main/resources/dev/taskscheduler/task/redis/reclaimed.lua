-- reclaimed.lua  Reads the records of tasks that run under the leader's token.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] bytes of records at the most
-- ARGV[3..] ids
-- Returns how many ids were looked at (the rest is over the limit), then id, value in running, record and the
-- options that the settings of its queue give it of each that runs under the token; the record is '' where it is longer than any
-- of ours. Errors: FENCED.
local bytes_left, prefix = tonumber(ARGV[2]), K['task:']
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local found = { 0 }
for i = 3, #ARGV do
  if bytes_left <= 0 then
    break
  end
  local value = redis.call('HGET', K.running, ARGV[i])
  if value and string.sub(value, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
    local record = whole(prefix .. ARGV[i])
    if record then
      found[#found + 1] = ARGV[i]
      found[#found + 1] = string.sub(value, 1, LONGEST_VALUE)
      found[#found + 1] = #record <= LONGEST_RECORD and record or ''
      found[#found + 1] = options_of(limits_of(queue_of(record)))
      bytes_left = bytes_left - #record
    end
  end
  found[1] = found[1] + 1
end
return found
