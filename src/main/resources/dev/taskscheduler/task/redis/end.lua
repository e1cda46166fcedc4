-- end.lua  Records the ends of attempts, under the leader's token.
-- KEYS[1] hash  {ns}:leader    the fence
-- KEYS[2] hash  {ns}:running   id -> token, start number, start time
-- KEYS[3] list  {ns}:done      ids of completed tasks, newest at the left   KEYS[4] zset {ns}:dead   id by end time, ms
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks
-- ARGV[3..] for each attempt: id, start number (6 hex), 'c' (completed) or 'd<error>' (dead; without control characters)
-- Returns for each attempt 1 (recorded, now or before) or 0 (the task is not in this attempt). Errors: FENCED.
local token, prefix = ARGV[1], ARGV[2]
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local ids = {}
for i = 3, #ARGV, 3 do
  ids[#ids + 1] = ARGV[i]
end
local values = redis.call('HMGET', KEYS[2], unpack(ids))
local now = now_us()
local finished = hex(13, now)
local recorded, gone, done, dead, ended = {}, {}, {}, {}, {}
for n, id in ipairs(ids) do
  local start, outcome = ARGV[3 * n + 1], ARGV[3 * n + 2]
  local value = values[n]
  if ended[id] then
    recorded[n] = ended[id] == start and 1 or 0 -- named twice in this call
  elseif value and string.sub(value, 1, #token + 7) == token .. ' ' .. start then
    ended[id] = start
    recorded[n] = 1
    gone[#gone + 1] = id
    local head = string.sub(value, -13) .. finished .. start
    if outcome == 'c' then
      done[#done + 1] = { id, head }
    else
      dead[#dead + 1] = { id, head, string.sub(outcome, 2) }
    end
  else
    local header = redis.call('GETRANGE', prefix .. id, 0, 32)
    local state = string.sub(header, 1, 1)
    recorded[n] = ((state == 'c' or state == 'd') and string.sub(header, 28, 33) == start) and 1 or 0
  end
end
if #gone == 0 then
  return recorded
end

redis.call('HDEL', KEYS[2], unpack(gone)) -- the first write frees
local completed = {}
for _, d in ipairs(done) do
  if redis.call('EXISTS', prefix .. d[1]) == 1 then -- else the record was removed by hand, and the task with it
    redis.call('SETRANGE', prefix .. d[1], 0, 'c' .. d[2])
    completed[#completed + 1] = d[1]
  end
end
if #completed > 0 then
  redis.call('LPUSH', KEYS[3], unpack(completed))
end
for _, d in ipairs(dead) do
  bury(KEYS[4], prefix, d[1], 'd' .. d[2], 34, d[3], now)
end
return recorded
