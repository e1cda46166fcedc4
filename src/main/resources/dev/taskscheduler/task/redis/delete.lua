-- delete.lua  Removes tasks that are dead, expired or cancelled, with record, attempts and index entry. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] ms for which nothing is removed after its submission and its end: either may come again for so long, and its record
-- alone shows that it came before
-- ARGV[2..] ids, 500 at the most
-- Returns for each: deleted, unknown (no such task), pending (it has not ended), completed (it ended so) or recent (it ended or
-- was submitted just now).
local INDEX = { d = 'dead', e = 'expired', x = 'cancelled' }
local prefix, now, young = K['task:'], now_us(), tonumber(ARGV[1]) * 1000
local answers, ids, keys, seen = {}, { d = {}, e = {}, x = {} }, {}, {}

local function is_new(hex_us)
  local time = tonumber(hex_us, 16)
  return time and math.abs(now - time) < young
end

for i = 2, #ARGV do
  local id = ARGV[i]
  local head = not seen[id] and part(prefix .. id, 0, TYPE - 1) or ''
  local state = string.sub(head, 1, 1)
  if state == 'w' then
    answers[#answers + 1] = 'pending'
  elseif state == 'c' then
    answers[#answers + 1] = 'completed'
  elseif not INDEX[state] then
    answers[#answers + 1] = 'unknown' -- or it cannot be read, or is named twice in this call
  elseif is_new(string.sub(head, SUBMITTED + 1)) or is_new(string.sub(head, FINISHED + 1, FINISHED + 13)) then
    answers[#answers + 1] = 'recent'
  else
    seen[id] = true
    table.insert(ids[state], id)
    keys[#keys + 1] = prefix .. id
    keys[#keys + 1] = K['attempts:'] .. id
    answers[#answers + 1] = 'deleted'
  end
end
if #keys == 0 then
  return answers
end
for _, index in pairs(INDEX) do
  redis.call('ZCARD', K[index]) -- where another type stands there, before the first write
end
begin_writing(KEYS[1])
redis.call('UNLINK', unpack(keys))
for state, some in pairs(ids) do
  if #some > 0 then
    redis.call('ZREM', K[INDEX[state]], unpack(some))
  end
end
return answers
