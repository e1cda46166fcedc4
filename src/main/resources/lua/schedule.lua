-- Schedules and their runs. Included after transition.lua.
--
-- {ns}:schedules names all schedules. {ns}:due holds those that are to be looked at, by the ms when: each whose next instant is
-- to come, and each that waits for the end of a run which has ended. {ns}:fires:<name> tells what a schedule did, the newest
-- first: '<planned ms> <ms> <outcome> <task id, or -> <missed>'. {ns}:schedule:<name> is a hash:
--
--   settings    a line for each, '<name>=<value>'; task '<priority> <type><options>\n<payload>'; json the task as it was sent
--   generation  grows with each change of these; created, ms
--   next        the planned ms that it stands at, and fire the ms when that fires; both are missing where it stands at none
--   rules       the version of the time-zone rules by which these were computed
--   overlap     what happens while a run has not ended: skip, bufferOne, bufferAll, cancelRunning or allow
--   runs        ids of the newest runs, oldest first; most of them have ended
--   buffer      planned ms that wait for the end of a run
--   waits       1 if the end of a run is waited for
--   remaining   fires that it may still make
--   paused      ms since when, and note
--   fault       why it could not fire
--   group       the group that it was applied with; {ns}:group:<group> names all of one
local MOST_RUNS, MOST_BUFFERED, MOST_FIRES = 100, 100, 100
local LONGEST_SCHEDULE = 262144 -- bytes of a field

-- Some fields of a schedule, by name; nil if there is none, or a field is longer than any of ours.
local function fields_of(name, ...)
  local key, wanted, found = K['schedule:'] .. name, { 'generation', ... }, {}
  local values = redis.pcall('HMGET', key, unpack(wanted))
  if values.err then
    error('DAMAGED ' .. key)
  end
  for i, field in ipairs(wanted) do
    found[field] = values[i] or nil
    if values[i] and #values[i] > LONGEST_SCHEDULE then
      return nil
    end
  end
  return found.generation and found or nil
end

-- Removes a schedule but for its place in its group; whether there was anything of it.
local function remove_schedule(name)
  local gone = redis.call('UNLINK', K['schedule:'] .. name, K['fires:'] .. name) + redis.call('ZREM', K.schedules, name)
  redis.call('ZREM', K.due, name)
  return gone > 0
end

-- Words of a text, which are no longer than an id and no more than 100.
local function words_of(text)
  local words = {}
  for word in string.gmatch(text or '', '%S+') do
    if #word <= LONGEST_ID and #words < MOST_RUNS then
      words[#words + 1] = word
    end
  end
  return words
end

-- Of some runs those that have not ended.
local function open_runs(ids)
  local open = {}
  for _, id in ipairs(ids) do
    if part(K['task:'] .. id, 0, 0) == 'w' then
      open[#open + 1] = id
    end
  end
  return open
end

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
  if #c.runs > 0 and c.overlap ~= 'allow' and c.overlap ~= 'cancelRunning' then
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
  local is_new = redis.call('EXISTS', K['task:'] .. id) == 0 -- else an earlier call with an unknown outcome kept it
  if is_new and room < 1 then
    return 'full', 0
  end
  local place = place_in(c.buffer, planned)
  if place then
    table.remove(c.buffer, place)
  end
  if c.overlap == 'cancelRunning' then
    for _, run in ipairs(c.runs) do
      c.cancels[#c.cancels + 1] = run
    end
    c.runs = {}
  end
  c.runs[#c.runs + 1] = id
  if is_new then
    put(c.new, priority, queue_of(body, 1), id)
    c.starts[#c.starts + 1] = { id, priority, body }
  end
  c.remaining = c.remaining and c.remaining - 1
  return 'fired', is_new and 1 or 0
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

-- Writes the rest of what becomes of a schedule. Its tasks are still to be pushed.
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
