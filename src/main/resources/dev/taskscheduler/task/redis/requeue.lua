-- requeue.lua  Puts claimed tasks back, uncharged, under the leader's token.
-- KEYS[1] hash  {ns}:leader      the fence
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] hash  {ns}:running     KEYS[6] zset {ns}:scheduled   id by due time, ms
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] wake channel
-- ARGV[4..] for each: id, start number (6 hex), delay in ms (0: to the front of its queue, before those named earlier)
-- Returns for each 1 (put back, now or before) or 0 (the task is not in this attempt). Errors: FENCED.
local token, prefix = ARGV[1], ARGV[2]
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local now_ms = math.floor(now_us() / 1000)
local back, moved, front, later, seen = {}, {}, {}, {}, {}
for i = 4, #ARGV, 3 do
  local id, start, delay = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local value = redis.call('HGET', KEYS[5], id)
  local header = redis.call('GETRANGE', prefix .. id, 0, 32)
  if seen[id] then
    back[#back + 1] = seen[id] == start and 1 or 0 -- named twice in this call
  elseif value and string.sub(value, 1, #token + 7) == token .. ' ' .. start then
    back[#back + 1] = 1
    seen[id] = start
    moved[#moved + 1] = { id, start, header ~= '' }
    if header ~= '' and delay == 0 then
      front[#front + 1] = id
    elseif header ~= '' then
      later[#later + 1] = { now_ms + delay, id }
    end
  else
    back[#back + 1] = (string.sub(header, 1, 1) == 'w' and string.sub(header, 28, 33) == start) and 1 or 0
  end
end
for _, m in ipairs(moved) do
  redis.call('HDEL', KEYS[5], m[1]) -- the first write frees
  if m[3] then -- else the record was removed by hand, and the task with it: half of one would stay for ever
    redis.call('SETRANGE', prefix .. m[1], 27, m[2])
  end
end
for _, l in ipairs(later) do
  redis.call('ZADD', KEYS[6], l[1], l[2])
end
if #front > 0 then
  make_ready('RPUSH', { KEYS[2], KEYS[3], KEYS[4] }, prefix, front)
  wake(KEYS[1], ARGV[3])
end
return back
