-- stats.lua  Shows what is next: of each priority the task at the front of its queue, and what is due first.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns of high, medium and low when the task at the front was submitted, us in hex, '' if there is none among the first
-- 100; when the first of what is scheduled is due, ms, '' if nothing is; then what is paused and since when, in turns.
local answer = { '', '', '', '' }
for i = 1, 3 do
  local head = front_of(ready(i), TYPE)
  answer[i] = head and string.sub(head, SUBMITTED + 1, TYPE) or ''
end
answer[4] = redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')[2] or ''
for _, item in ipairs(pauses()) do
  answer[#answer + 1] = item
end
return answer
