-- retry.lua  Brings tasks back that had ended badly: to the back of their queues, with all their attempts before them.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] tasks that may be pending at the most
-- ARGV[2..] ids, 500 at the most
-- Returns for each: retried (it is ready now), unknown (no such task), pending (it has not ended), completed or cancelled (it
-- ended so), queue_full (too many are pending) or not_unique (another task holds its unique key).
local WORDS = { [''] = 'unknown', w = 'pending', c = 'completed', x = 'cancelled' }
local prefix, unique = K['task:'], K['unique:']
local room = tonumber(ARGV[1]) - pending()
local answers, back = {}, {}
redis.call('ZCARD', K.dead) -- each raises its error where something of another type stands there: before the first write
redis.call('ZCARD', K.expired)
begin_writing(KEYS[1])
for i = 2, #ARGV do
  local id = ARGV[i]
  local record = whole(prefix .. id)
  local state = record and string.find(record, '\n', TYPE + 1, true) and string.sub(record, 1, 1) or '' -- else it cannot be read
  if state ~= 'd' and state ~= 'e' then
    answers[#answers + 1] = WORDS[state]
  elseif room <= 0 then
    answers[#answers + 1] = 'queue_full'
  else
    local opts = options(record)
    local key = string.match(opts, ' u=(%x+)')
    if key and unique_holder(key, id) then
      answers[#answers + 1] = 'not_unique'
    else
      redis.call('ZREM', state == 'd' and K.dead or K.expired, id)
      if key then
        redis.call('SET', unique .. key, id)
      end
      local type_end = string.find(record, '[ \t\n]', TYPE + 1) - 1
      local line = string.find(record, '\n', TYPE + 1, true)
      redis.call('SET', prefix .. id, 'w' .. string.rep('0', 26) .. string.sub(record, STARTS + 1, CHARGED) .. '0000'
        .. string.sub(record, PRIORITY + 1, type_end) .. string.gsub(opts, ' x=%d+', '') .. string.sub(record, line))
      back[#back + 1] = id
      room = room - 1
      answers[#answers + 1] = 'retried'
    end
  end
end
if #back > 0 then
  make_ready('LPUSH', back)
  wake()
end
return answers
