-- submit.lua  Keeps new tasks and makes them ready, or scheduled. Repeated with the same ids it keeps each once.
-- KEYS[1] hash  {ns}:leader        the fence; its field `waiting` asks to be woken
-- KEYS[2] list  {ns}:ready:high    ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] zset  {ns}:scheduled     KEYS[6] hash {ns}:running   counted against the limit
-- ARGV[1] key prefix of tasks   ARGV[2] wake channel   ARGV[3] care channel   ARGV[4] tasks that may be pending at the most
-- ARGV[5..] for each task: id, priority (h, m, l), and '<type><options>\n<payload>'; a priority that is followed by the
-- options asks for them to be looked at: ' d=<ms from now>' or ' r=<ms since 1970>', due then
-- Returns for each task 1 (kept, now or before) or 0 (too many are pending).
local prefix, channel = ARGV[1], ARGV[2]
local room = tonumber(ARGV[4]) - redis.call('LLEN', KEYS[2]) - redis.call('LLEN', KEYS[3]) - redis.call('LLEN', KEYS[4])
  - redis.call('ZCARD', KEYS[5]) - redis.call('HLEN', KEYS[6])
local now = now_us()
local submitted = hex(13, now)
local head = 'w' .. string.rep('0', 36)
local kept, by_list, later = {}, { {}, {}, {} }, {}
for i = 5, #ARGV, 3 do
  local id, priority = ARGV[i], ARGV[i + 1]
  if room > 0 then
    local list, due = LIST[priority], nil
    if not list then
      due = due_ms(priority, now)
      priority = string.sub(priority, 1, 1)
      list = LIST[priority]
    end
    if redis.call('SET', prefix .. id, head .. priority .. submitted .. ARGV[i + 2], 'NX') then
      if due then
        later[#later + 1] = due
        later[#later + 1] = id
      else
        table.insert(by_list[list], id)
      end
      room = room - 1
    end
    kept[#kept + 1] = 1
  else
    kept[#kept + 1] = redis.call('EXISTS', prefix .. id)
  end
end
local any = false
for i, ids in ipairs(by_list) do
  if #ids > 0 then
    redis.call('LPUSH', KEYS[1 + i], unpack(ids))
    any = true
  end
end
if any then
  wake(KEYS[1], channel)
end
if #later > 0 then
  schedule(KEYS[5], ARGV[3], later)
end
return kept
