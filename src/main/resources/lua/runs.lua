-- What becomes of a schedule and its runs in a call. Included after transition.lua and schedule.lua.
local MOST_BUFFERED, MOST_FIRES = 100, 100

-- What is to become of a schedule in this call: `s` holds its fields (overlap, runs, buffer, remaining), `new` the tasks to push.
local function changing(name, s, new)
  return {
    name = name, overlap = s.overlap, runs = open_runs(words_of(s.runs)), buffer = words_of(s.buffer),
    remaining = tonumber(s.remaining), new = new, starts = {}, cancels = {}, records = {},
  }
end

-- Where a word stands in a list; nil if it is not there.
local function place_in(list, word)
  for i, one in ipairs(list) do
    if one == word then
      return i
    end
  end
end

-- Decides what one instant comes to, before the first write; `room` is how many tasks may be added. Returns the outcome, and how
-- many tasks it adds.
local function decide(c, planned, id, priority, body, room)
  if c.remaining == 0 then
    return 'missed', 0
  end
  local is_new = redis.call('EXISTS', K['task:'] .. id) == 0 -- else it was backfilled, or an earlier call kept it
  if is_new and #c.runs > 0 and c.overlap ~= 'allow' and c.overlap ~= 'cancelRunning' then
    local most = c.overlap == 'bufferOne' and 1 or c.overlap == 'bufferAll' and MOST_BUFFERED or 0
    if place_in(c.buffer, planned) then
      return 'buffered', 0
    end
    if #c.buffer >= most then
      return 'skipped', 0
    end
    c.buffer[#c.buffer + 1] = planned
    return 'buffered', 0
  end
  if is_new and room < 1 then
    return 'full', 0
  end
  local place = place_in(c.buffer, planned)
  if place then
    table.remove(c.buffer, place)
  end
  c.remaining = c.remaining and c.remaining - 1
  if not is_new then
    return 'fired', 0
  end
  if c.overlap == 'cancelRunning' then
    for _, run in ipairs(c.runs) do
      c.cancels[#c.cancels + 1] = run
    end
    c.runs = {}
  end
  c.runs[#c.runs + 1] = id
  put(c.new, priority, queue_of(body, 1), id)
  c.starts[#c.starts + 1] = { id, priority, body }
  return 'fired', 1
end

-- Notes what an instant came to.
local function note_fire(c, planned, outcome, id, missed)
  c.records[#c.records + 1] = { planned, outcome, id or '-', missed }
end

-- Writes the records of the tasks that schedules start: the first write of a call, which a full Redis refuses.
local function write_tasks(c, now)
  for _, start in ipairs(c.starts) do
    redis.call('SET', K['task:'] .. start[1],
      'w' .. string.rep('0', PRIORITY - 1) .. LETTERS[start[2]] .. hex(13, now) .. start[3])
  end
end

-- Cancels a run that is to make way for another.
local function cancel_run(id, now)
  local record = part(K['task:'] .. id, 0, 4095) -- all but the payload
  if string.sub(record, 1, 1) ~= 'w' or not WORDS[string.sub(record, PRIORITY + 1, PRIORITY + 1)] then
    return
  elseif redis.call('HEXISTS', K.running, id) == 1 then
    redis.call('HSET', K.cancelling, id, '1')
    publish(K.cancel, id)
  else
    to_cancelled(id, record, redis.call('ZSCORE', K.scheduled, id), now)
  end
end

-- Writes the rest of what becomes of a schedule. Where it cancels tasks that it starts, these are to be pushed before.
local function write_schedule(c, now)
  local key, fires, ms = K['schedule:'] .. c.name, K['fires:'] .. c.name, string.format('%.0f', math.floor(now / 1000))
  for _, id in ipairs(c.cancels) do
    cancel_run(id, now)
  end
  while #c.runs > MOST_RUNS do
    table.remove(c.runs, 1)
  end
  redis.call('HSET', key, 'runs', table.concat(c.runs, ' '), 'buffer', table.concat(c.buffer, ' '))
  if c.remaining then
    redis.call('HSET', key, 'remaining', c.remaining)
  end
  for _, r in ipairs(c.records) do
    redis.pcall('LPUSH', fires, r[1] .. ' ' .. ms .. ' ' .. r[2] .. ' ' .. r[3] .. ' ' .. r[4])
  end
  redis.pcall('LTRIM', fires, 0, MOST_FIRES - 1)
end
