-- due.lua  Shows schedules that are to be looked at now; forgets those that are gone.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] limit, 1 to 500
-- Returns the time in us, ms until the next is due (-1 if none will be), 1 if there is more now and else 0, how many schedules
-- there are, and how many wait; then for each: name, generation, settings, task, next ('' if none), how many runs have not
-- ended, us when the last ended (0 if unknown, or where it stands at an instant), and what waits for the end of a run, as
-- words. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local MOST_BYTES = 4194304
local now = now_us()
local names = redis.call('ZRANGEBYSCORE', K.due, '-inf', now / 1000, 'LIMIT', 0, ARGV[2])
local answer = { string.format('%.0f', now), -1, 0, redis.call('ZCARD', K.schedules), redis.call('ZCARD', K.due) }
local bytes, shown = 0, 0

-- When the last run ended, us, if that is known: the newest is not always the last that ended.
local function last_end(runs)
  local last = 0
  for _, id in ipairs(runs) do
    last = math.max(last, tonumber(part(K['task:'] .. id, FINISHED, FINISHED + 12), 16) or 0)
  end
  return string.format('%.0f', last)
end

for _, name in ipairs(names) do
  local s = is_queue(name) and fields_of(name, 'settings', 'task', 'next', 'runs', 'buffer', 'paused')
  if s and s.paused or not s and not (is_queue(name) and redis.call('EXISTS', K['schedule:'] .. name) == 1) then
    redis.call('ZREM', K.due, name)
  elseif not s or not s.settings or not s.task then
    for _, value in ipairs({ name, '0', '', '', '', '0', '0', '' }) do -- the node sees that it cannot be read, and says so
      answer[#answer + 1] = value
    end
  elseif bytes + #s.task + #s.settings > MOST_BYTES and shown > 0 then
    answer[3] = 1
    break
  else
    local runs = words_of(s.runs)
    for _, value in ipairs({
      name, s.generation, s.settings, s.task, s.next or '', #open_runs(runs), s.next and '0' or last_end(runs),
      table.concat(words_of(s.buffer), ' '),
    }) do
      answer[#answer + 1] = value
    end
    bytes, shown = bytes + #s.task + #s.settings, shown + 1
  end
end
if #names == tonumber(ARGV[2]) then
  answer[3] = 1
end
local first = redis.call('ZRANGEBYSCORE', K.due, '(' .. now / 1000, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
answer[2] = first and math.max(0, math.ceil(tonumber(first) - now / 1000)) or -1
return answer
