-- stats.lua  Shows what is next: of each priority the task that was submitted first among those at the
-- front of a queue, and what is due first.
-- include: record, index, counts
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns of high, medium and low when that task was submitted, us in hex, '' if there is none in the first 100 queues of the
-- turns; when the first of what is scheduled is due, ms, '' if nothing is; then what is paused and since when, in turns.
local answer = { '', '', '', '' }
for i, priority in ipairs(PRIORITIES) do
  answer[i] = oldest_front(priority, TYPE, function(head) return string.sub(head, SUBMITTED + 1, TYPE) end) or ''
end
answer[4] = redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')[2] or ''
for _, item in ipairs(pauses()) do
  answer[#answer + 1] = item
end
return answer
