-- details.lua  Shows all that is known of one task.
-- include: record
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] id
-- Returns nothing if it is unknown; else its record, its value in running and its due time in ms ('' if none), 1 if it is to
-- be cancelled while it runs and else 0, its attempts as a list, and of each epoch in record, running and attempts that is known
-- '<epoch> <node>', as a list; then, if its end made a callback, the id of that, and as status.lua shows them its record, its
-- value in running, its due time and the last line of its attempts ('' each if there is none).
local record = not is_too_long(K['task:'] .. ARGV[1]) and whole(K['task:'] .. ARGV[1])
if not record then
  return {}
end
local value = string.sub(string.sub(record, 1, 1) == 'w' and redis.call('HGET', K.running, ARGV[1]) or '', 1, LONGEST_VALUE)
local due = string.sub(record, 1, 1) == 'w' and value == '' and redis.call('ZSCORE', K.scheduled, ARGV[1]) or ''
local attempts = lines_of(ARGV[1], -MOST_ATTEMPTS - 1, -1)
local epochs = { tonumber(string.sub(record, 34, CHARGED), 16) or 0, tonumber(string.match(value, '^%d+') or 0) }
for _, line in ipairs(attempts) do
  epochs[#epochs + 1] = tonumber(string.match(line, '^%x+ (%x+) ') or '0', 16) or 0
end
local leaders, seen = {}, {}
for _, epoch in ipairs(epochs) do
  if epoch > 0 and not seen[epoch] then
    seen[epoch] = true
    leaders[#leaders + 1] = short(redis.call('ZRANGEBYSCORE', K.leaders, epoch, epoch, 'LIMIT', 0, 1)[1] or '')
  end
end

-- The callback that its last end made: its id follows from the task's own and from its end.
local function callback()
  local opts, state = options(record), string.sub(record, 1, 1)
  local when = string.match(opts, ' o=(%a)')
  local finished = tonumber(string.sub(record, FINISHED + 1, FINISHED + 13), 16)
  local how = state == 'c' and 's' or (state == 'd' or state == 'e') and 'f'
  if not finished or not how or not string.find(opts, ' c=', 1, true) or when and when ~= 'b' and when ~= how then
    return '', '', '', '', ''
  end
  local id = callback_id(ARGV[1], finished)
  local head = part(K['task:'] .. id, 0, LONGEST_HEAD - 1)
  local waits = string.sub(head, 1, 1) == 'w'
  local running = waits and redis.call('HGET', K.running, id)
  local due_at = waits and not running and redis.call('ZSCORE', K.scheduled, id)
  return id, head, running and string.sub(running, 1, LONGEST_VALUE) or '', due_at or '', due_at and last_line(id, head) or ''
end

return { record, value, due, redis.call('HEXISTS', K.cancelling, ARGV[1]), attempts, leaders, callback() }
