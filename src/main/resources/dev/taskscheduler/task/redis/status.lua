-- status.lua  Shows tasks without their payloads.
-- KEYS[1] hash {ns}:running   KEYS[2] zset {ns}:scheduled
-- ARGV[1] key prefix of tasks   ARGV[2] bytes of a record to read   ARGV[3..] ids
-- Returns for each id: the first bytes of its record ('' if unknown), its value in running and its due time in ms ('' if none).
local found = {}
for i = 3, #ARGV do
  local head = part(ARGV[1] .. ARGV[i], 0, ARGV[2])
  local value, due = false, false
  if string.sub(head, 1, 1) == 'w' then
    value = redis.call('HGET', KEYS[1], ARGV[i])
    due = not value and redis.call('ZSCORE', KEYS[2], ARGV[i])
  end
  found[#found + 1] = head
  found[#found + 1] = value and short(value) or ''
  found[#found + 1] = due or ''
end
return found
