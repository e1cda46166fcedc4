-- retry.lua  Brings tasks back that had ended badly: to the back of their queues, with all their attempts before them.
-- KEYS[1] hash  {ns}:leader      the lease
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] zset  {ns}:scheduled   KEYS[6] hash {ns}:running   KEYS[7] set {ns}:parked   counted against the limit
-- KEYS[8] hash  {ns}:stale       h, m, l -> cancelled ids that still stand in lists: not counted
-- KEYS[9] zset  {ns}:dead        KEYS[10] zset {ns}:expired   ids by end time, ms
-- ARGV[1] key prefix of tasks   ARGV[2] of unique keys   ARGV[3] wake channel   ARGV[4] tasks that may be pending at the most
-- ARGV[5] key prefix of what is parked   ARGV[6..] ids, 500 at the most
-- Returns for each: 'w' (it is ready now), '' (no such task), 'n' (it has not ended), 'c' or 'x' (it ended otherwise), 'f'
-- (too many are pending) or 'u' (another task holds its unique key).
local prefix, unique = ARGV[1], ARGV[2]
local room = tonumber(ARGV[4])
  - pending({ KEYS[2], KEYS[3], KEYS[4] }, KEYS[5], KEYS[6], KEYS[7], ARGV[5], KEYS[8])
local answers, back = {}, {}
redis.call('ZCARD', KEYS[9]) -- each raises its error where something of another type stands there: before the first write
redis.call('ZCARD', KEYS[10])
begin_writing(KEYS[1])
for i = 6, #ARGV do
  local id = ARGV[i]
  local record = whole(prefix .. id)
  local state = record and string.find(record, '\n', TYPE + 1, true) and string.sub(record, 1, 1) or '' -- else it cannot be read
  if state ~= 'd' and state ~= 'e' then
    answers[#answers + 1] = state == 'w' and 'n' or state
  elseif room <= 0 then
    answers[#answers + 1] = 'f'
  else
    local opts = options(record)
    local key = string.match(opts, ' u=(%x+)')
    if key and unique_holder(unique .. key, prefix, id) then
      answers[#answers + 1] = 'u'
    else
      redis.call('ZREM', state == 'd' and KEYS[9] or KEYS[10], id)
      if key then
        redis.call('SET', unique .. key, id)
      end
      local type_end = string.find(record, '[ \t\n]', TYPE + 1) - 1
      local line = string.find(record, '\n', TYPE + 1, true)
      redis.call('SET', prefix .. id, 'w' .. string.rep('0', 26) .. string.sub(record, STARTS + 1, CHARGED) .. '0000'
        .. string.sub(record, PRIORITY + 1, type_end) .. string.gsub(opts, ' x=%d+', '') .. string.sub(record, line))
      back[#back + 1] = id
      room = room - 1
      answers[#answers + 1] = 'w'
    end
  end
end
if #back > 0 then
  make_ready('LPUSH', { KEYS[2], KEYS[3], KEYS[4] }, prefix, back)
  wake(KEYS[1], ARGV[3])
end
return answers
