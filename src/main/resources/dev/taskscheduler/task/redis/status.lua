-- status.lua  Shows tasks without their payloads.
-- include: record
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record to read
-- ARGV[2..] ids
-- Returns for each id: the first bytes of its record ('' if unknown), its value in running and its due time in ms ('' if none),
-- and if it is to be tried again the last line of its attempts, else ''.
local found = {}
for i = 2, #ARGV do
  local head = part(K['task:'] .. ARGV[i], 0, ARGV[1])
  local value, due = false, false
  if string.sub(head, 1, 1) == 'w' then
    value = redis.call('HGET', K.running, ARGV[i])
    due = not value and redis.call('ZSCORE', K.scheduled, ARGV[i])
  end
  found[#found + 1] = head
  found[#found + 1] = value and string.sub(value, 1, LONGEST_VALUE) or ''
  found[#found + 1] = due or ''
  found[#found + 1] = due and last_line(ARGV[i], head) or ''
end
return found
