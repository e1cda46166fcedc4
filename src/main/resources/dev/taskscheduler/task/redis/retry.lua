-- retry.lua  Brings tasks back that had ended badly: to the back of their queues, with all their attempts before them.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] tasks that may be pending at the most
-- ARGV[2..] ids, 500 at the most
-- Returns for each: retried (it is ready now), unknown (no such task), pending (it has not ended), completed or cancelled (it
-- ended so), queue_full (too many are pending) or not_unique (another task holds its unique key).
local STATES = { [''] = 'unknown', w = 'pending', c = 'completed', x = 'cancelled' }
local prefix = K['task:']
local room = tonumber(ARGV[1]) - pending()
local answers, back, records, holders = {}, batch(), {}, {}
check_moves()
for i = 2, #ARGV do
  local id = ARGV[i]
  local record = not records[id] and whole(prefix .. id)
  local state = record and string.find(record, '\n', TYPE + 1, true) and string.sub(record, 1, 1) or '' -- else it cannot be read
  local key = string.match(record and options(record) or '', ' u=(%x+)')
  if records[id] then
    answers[#answers + 1] = 'pending' -- named twice in this call
  elseif state ~= 'd' and state ~= 'e' then
    answers[#answers + 1] = STATES[state] or 'unknown'
  elseif room <= 0 then
    answers[#answers + 1] = 'queue_full'
  elseif key and (unique_holder(key, id) or holders[key]) then
    answers[#answers + 1] = 'not_unique'
  else
    records[id] = record
    holders[key or ''] = key and id
    put(back, WORDS[string.sub(record, PRIORITY + 1, PRIORITY + 1)] or 'low', queue_of(record), id)
    room = room - 1
    answers[#answers + 1] = 'retried'
  end
end
begin_writing(KEYS[1])
for id, record in pairs(records) do
  to_ready_again(id, record)
end
push(back, 'LPUSH')
return answers
