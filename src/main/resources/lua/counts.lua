-- What sums up all tasks: counts, what stands at the front, and pauses. Included after index.lua.

-- The first bytes of the record of the task at the front of a ready list, and its id; nil if none of the first 100 waits.
local function front_of(list, bytes)
  for _, look in ipairs({ 1, 100 }) do -- nearly always the very first
    local front = redis.call('LRANGE', list, -look, -1)
    for i = #front, 1, -1 do
      local head = part(K['task:'] .. front[i], 0, bytes - 1)
      if string.sub(head, 1, 1) == 'w' then -- else cancelled where it stands
        return head, front[i]
      end
    end
  end
  return nil
end

-- The least of what `since` reads from the record and the id of each task at the front of a queue of this priority; nil if there
-- is none in the first queues of the turns, 100 unless `most` says otherwise: those that were served least.
local function oldest_front(priority, bytes, since, most)
  local oldest = nil
  for _, queue in ipairs(redis.call('ZRANGE', K['turns:' .. priority], 0, (most or 100) - 1)) do
    local head, id = front_of(ready(priority, queue), bytes)
    local time = head and since(head, id)
    oldest = time and (not oldest or time < oldest) and time or oldest
  end
  return oldest
end

-- Since when a task may have been ready, in us. When it was brought back or waited for another attempt stands nowhere any
-- more: then it counts from the end of its last attempt.
local function ready_since(head, id)
  local submitted = tonumber(string.sub(head, SUBMITTED + 1, TYPE), 16) or 0
  local opts = options(head)
  local delay, at = string.match(opts, ' d=(%d+)'), string.match(opts, ' r=(%d+)')
  local due = delay and submitted + tonumber(delay) * 1000 or at and tonumber(at) * 1000 or 0
  local tried = 0
  if string.sub(head, STARTS + 1, STARTS + 6) ~= '000000' then
    local last = lines_of(id, -1, -1)[1]
    tried = last and tonumber(string.match(last, '^%x+ %x+ %x+ (%x+) ') or '0', 16) or 0
  end
  return math.max(submitted, due, tried)
end

-- For how long a task that is ready since then, us, has waited, in ms; -1 where there is none.
local function waited(since, now)
  return since and math.max(0, math.floor((now - since) / 1000)) or -1
end

-- How many are ready by priority, scheduled, running, completed, dead, expired and cancelled.
local function task_counts()
  local counts = redis.call('HMGET', K.counts, 'high', 'medium', 'low')
  for i = 1, 3 do
    counts[i] = math.max(0, tonumber(counts[i]) or 0)
  end
  for i, count in ipairs({
    redis.call('ZCARD', K.scheduled), redis.call('HLEN', K.running), redis.call('LLEN', K.done) + redis.call('ZCARD', K.retained),
    redis.call('ZCARD', K.dead), redis.call('ZCARD', K.expired), redis.call('ZCARD', K.cancelled),
  }) do
    counts[3 + i] = count
  end
  return counts
end

-- What is paused and since when ('' where that is no time), in turns; without what names nothing that can be paused, and without
-- queues beyond the most that may be.
local function pauses()
  local all, found = redis.call('HGETALL', K.paused), {}
  for i = 1, #all, 2 do
    local what, since = all[i], all[i + 1]
    if is_pausable(what) and #found < 2 * MOST_PAUSES then
      found[#found + 1] = what
      found[#found + 1] = #since <= LONGEST_PAUSE and since or ''
    end
  end
  return found
end
