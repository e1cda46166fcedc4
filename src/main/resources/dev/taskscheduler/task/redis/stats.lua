-- stats.lua  Shows what is next: of each priority the task at the front of its queue, and what is due first.
-- KEYS[1] list {ns}:ready:high   KEYS[2] medium   KEYS[3] low   KEYS[4] zset {ns}:scheduled   KEYS[5] hash {ns}:paused
-- ARGV[1] key prefix of tasks
-- Returns of high, medium and low when the task at the front was submitted, us in hex, '' if there is none among the first
-- 100; when the first of what is scheduled is due, ms, '' if nothing is; then what is paused and since when, in turns.
local answer = { '', '', '', '' }
for i = 1, 3 do
  local front = redis.call('LRANGE', KEYS[i], -100, -1)
  for j = #front, 1, -1 do
    local head = redis.call('GETRANGE', ARGV[1] .. front[j], 0, TYPE - 1)
    if string.sub(head, 1, 1) == 'w' then -- else cancelled where it stands
      answer[i] = string.sub(head, SUBMITTED + 1, TYPE)
      break
    end
  end
end
answer[4] = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2] or ''
for _, item in ipairs(redis.call('HGETALL', KEYS[5])) do
  answer[#answer + 1] = item
end
return answer
