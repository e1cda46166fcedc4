-- history-add.lua  Adds what a node did since it last called to the counts of this moment.
-- include: record, index, history
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] tasks submitted   ARGV[2] attempts started   ARGV[3] tasks completed   ARGV[4] attempts failed
-- Returns 1.
local seconds, slots = math.floor(now_us() / 1000000), {}
for i, ring in ipairs(RINGS) do
  local number = math.floor(seconds / ring.seconds)
  local at = place_of_slot(ring, number)
  local text = redis.pcall('GETRANGE', K.history, at, at + SLOT_BYTES - 1)
  if type(text) ~= 'string' then
    error('DAMAGED ' .. K.history)
  end
  local written = hex(8, number)
  for j, count in ipairs(counts_of_slot(text, number)) do
    written = written .. hex(8, math.min(MOST_COUNTED, count + tonumber(ARGV[j])))
  end
  slots[i] = { at, written }
end
begin_writing(KEYS[1])
for _, slot in ipairs(slots) do
  redis.call('SETRANGE', K.history, slot[1], slot[2])
end
return 1
