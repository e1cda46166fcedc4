-- explain.lua  Shows where a task stands and what is before it.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record that hold all but the payload
-- ARGV[2] id
-- Returns nothing if it is unknown; else the time in us, the first bytes of its record, its value in running and its due time
-- in ms ('' if none), 1 if it is to be cancelled while it runs and else 0, '<epoch> <node>' of the leader that runs it and the
-- last line of its attempts ('' if none); then its place in its queue, 1 being the next, and 1 if that is exact and 0 if it is at
-- least that, both 0 if it stands in none; how many of higher priorities go before it; how many queues have their turns before
-- its queue; why none of its queue may start now (paused, closed, concurrency, rate, '' if they may); until when that is, ms, or
-- ''; '<limit> <running>' of a concurrency, '<starts>/<ms>' of a rate; the note of a pause or '<task id> <error>' of what closed
-- the queue; then of all, its priority and its queue ('queue:<name or pattern that says so>') what is paused.
local EXACT, LOOKS = 10000, 2000
local record = part(K['task:'] .. ARGV[2], 0, tonumber(ARGV[1]))
if #record <= TYPE then
  return {}
end
local line = string.find(record, '\n', TYPE + 1, true)
local value, due, node = '', '', ''
local waits = string.sub(record, 1, 1) == 'w'
if waits then
  value = string.sub(redis.call('HGET', K.running, ARGV[2]) or '', 1, LONGEST_VALUE)
  due = value == '' and redis.call('ZSCORE', K.scheduled, ARGV[2]) or ''
end
if value ~= '' then
  local epoch = string.match(value, '^%d+')
  node = short(epoch and redis.call('ZRANGEBYSCORE', K.leaders, epoch, epoch, 'LIMIT', 0, 1)[1] or '')
end

local letter = string.sub(record, PRIORITY + 1, PRIORITY + 1)
local priority, queue = WORDS[letter], queue_of(record)
local limits = limits_of(queue)
local paused = {}
for _, what in ipairs({ 'all', 'priority:' .. (priority or '') }) do
  if redis.call('HEXISTS', K.paused, what) == 1 then
    paused[#paused + 1] = what
  end
end
if limits.paused then
  local _, by = setting(limits.texts, 'paused')
  paused[#paused + 1] = 'queue:' .. by.source
end

-- The place of a ready task in its queue; cancelled ones that still stand there do not count.
local function place_in(list)
  local before = redis.call('LPOS', list, ARGV[2], 'RANK', -1, 'MAXLEN', EXACT)
  local length, stale = redis.call('LLEN', list), tonumber(redis.call('HGET', K.stale, priority .. ':' .. queue) or '0') or 0
  if not before then
    if length <= EXACT then
      return 0, 0 -- moving just now
    end
    return math.max(1, EXACT + 1 - stale), 0
  end
  before = length - 1 - before
  if stale == 0 then
    return before + 1, 1
  elseif before > LOOKS then
    return math.max(1, before + 1 - stale), 0
  end
  local live = 0
  for _, id in ipairs(before > 0 and redis.call('LRANGE', list, -before, -1) or {}) do
    if part(K['task:'] .. id, 0, 0) == 'w' then
      live = live + 1
    end
  end
  return live + 1, 1
end

local place, exact, higher, turns, why, ends, limit, text = 0, 0, 0, 0, '', '', '', ''
if waits and value == '' and due == '' and priority then
  length_of(ready(priority, queue))
  place, exact = place_in(ready(priority, queue))
  for _, other in ipairs(PRIORITIES) do
    if other == priority then
      break
    elseif redis.call('HEXISTS', K.paused, 'priority:' .. other) == 0 then
      higher = higher + math.max(0, tonumber(redis.call('HGET', K.counts, other) or '0') or 0)
    end
  end
  turns = redis.call('ZRANK', K['turns:' .. priority], queue) or 0
  why, ends, limit, text = block_of(queue, limits)
end
local answer = {
  string.format('%.0f', now_us()), line and string.sub(record, 1, line) or record, value, due,
  redis.call('HEXISTS', K.cancelling, ARGV[2]), node, '', place, exact, higher, turns, why, ends, limit, text,
}
for _, entry in ipairs(lines_of(ARGV[2], -2, -1)) do
  if string.sub(entry, 1, 1) ~= '=' then
    answer[7] = entry
  end
end
for _, what in ipairs(paused) do
  answer[#answer + 1] = what
end
return answer
