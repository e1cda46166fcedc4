-- overview.lua  Sums up a namespace in one call: what the first page of a dashboard shows.
-- include: record, index, counts, history
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record that hold all but the payload
-- Returns how many are ready by priority, scheduled, running, completed, dead, expired and cancelled; of high, medium and low for
-- how long the task at the front of a queue that has been ready longest has been ready, in ms (-1 if there is none); of high,
-- medium and low when the first submitted of them was submitted, us in hex ('' if there is none); when the first of what is
-- scheduled is due, ms ('' if nothing is); the time, ms; how many queues are closed since a target asked for it, and the one that
-- opens last, with the ms when ('' for none); how many schedules there are, how many should have fired a minute ago, and the
-- first of them, with the ms when ('' for none); the tasks submitted, attempts started, tasks completed and attempts failed in
-- the last full minute; then what is paused and since when, in turns.
local MOST_CLOSED, MOST_FRONTS, OVERDUE_MS = 20, 15, 60000 -- so that a call makes less than 200 commands
local answer, now = task_counts(), now_us()
local submitted = {}
for i, priority in ipairs(PRIORITIES) do
  local since = oldest_front(priority, tonumber(ARGV[1]), function(head, id)
    local at = string.sub(head, SUBMITTED + 1, TYPE)
    submitted[i] = (not submitted[i] or at < submitted[i]) and at or submitted[i]
    return ready_since(head, id)
  end, MOST_FRONTS)
  answer[9 + i] = waited(since, now)
end
for i = 1, 3 do
  answer[12 + i] = submitted[i] or ''
end
answer[16] = redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')[2] or ''
local now_ms = math.floor(now / 1000)
answer[17] = now_ms

-- Queues that a rate has closed open by themselves in a moment, and are not meant.
local closed, last, opens = 0, '', ''
local ends = redis.call('ZREVRANGE', K.closed, 0, MOST_CLOSED - 1, 'WITHSCORES')
for i = 1, #ends, 2 do
  if tonumber(ends[i + 1]) > now_ms and redis.call('EXISTS', K['closing:'] .. ends[i]) == 1 then
    closed = closed + 1
    last, opens = closed == 1 and short(ends[i]) or last, closed == 1 and ends[i + 1] or opens
  end
end
answer[18], answer[19], answer[20] = closed, last, opens

local overdue = redis.call('ZCOUNT', K.due, '-inf', now_ms - OVERDUE_MS)
local first = overdue > 0 and redis.call('ZRANGE', K.due, 0, 0, 'WITHSCORES') or { '', '' }
answer[21], answer[22], answer[23], answer[24] = redis.call('ZCARD', K.schedules), overdue, short(first[1]), first[2]
for i, sum in ipairs(last_minute(now)) do
  answer[24 + i] = sum
end
for _, item in ipairs(pauses()) do
  answer[#answer + 1] = item
end
return answer
