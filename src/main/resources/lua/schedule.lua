-- Schedules. Included after index.lua.
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
local MOST_RUNS = 100
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
