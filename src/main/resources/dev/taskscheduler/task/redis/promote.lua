-- promote.lua  Makes scheduled tasks that are due ready, at the back of their queues, and lets queues that were closed for a time
-- have their turns again, under the leader's token.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] limit, 1 to 500
-- Returns how many became ready, and ms until the next task is due or the next queue opens, -1 if none will. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local now_ms = now_us() / 1000
local due, back = redis.call('ZRANGEBYSCORE', K.scheduled, '-inf', now_ms, 'LIMIT', 0, ARGV[2]), batch()
local opened = redis.call('ZRANGEBYSCORE', K.closed, '-inf', now_ms, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(due) do
  local priority, queue = place_of(id)
  if priority then -- else the record is gone, and the task with it
    put(back, priority, queue, id)
  end
end
has_settings()
if #opened > 0 then
  check_queues()
end
if #due > 0 then
  redis.call('ZREM', K.scheduled, unpack(due)) -- frees
end
if #opened > 0 then
  redis.call('ZREM', K.closed, unpack(opened)) -- frees
end
push(back, 'LPUSH')
local open = false
for _, queue in ipairs(opened) do
  redis.call('UNLINK', K['closing:'] .. queue)
  open = reopen(queue) or open
end
if open then
  wake()
end
local next_ms = -1
for _, set in ipairs({ K.scheduled, K.closed }) do
  local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  local ms = first and math.max(0, math.ceil(tonumber(first) - now_ms))
  next_ms = ms and (next_ms < 0 or ms < next_ms) and ms or next_ms
end
return { #due, next_ms }
