-- repair-index.lua  Looks through a page of an index that is no list: what has no business there is removed.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- KEYS[2] the index to look through: {ns}:running, {ns}:scheduled or a zset of the ended
-- ARGV[1] fencing token
-- ARGV[2] which: running, scheduled, or the state of what is in it: completed, dead, expired, cancelled
-- ARGV[3] cursor, 0 at first
-- ARGV[4] about how many
-- What stands in both `running` and `scheduled` is kept in `running` if it runs under the token, as its record's next start.
-- Returns the next cursor (0 at the end), how many had no task in this state, and how many stood in two. Errors: FENCED.
local prefix, which = K['task:'], ARGV[2]
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local state = STATES[which] or STATES.waiting
local page = redis.call(which == 'running' and 'HSCAN' or 'ZSCAN', KEYS[2], ARGV[3], 'COUNT', ARGV[4])
local strays, unscheduled, not_running = {}, {}, {}
for i = 1, #page[2], 2 do
  local id = page[2][i]
  if part(prefix .. id, 0, 0) ~= state then
    strays[#strays + 1] = { id, page[2][i + 1] }
  elseif which == 'running' and redis.call('ZSCORE', K.scheduled, id) then
    local runs = next_start(ARGV[1], page[2][i + 1], part(prefix .. id, 0, CHARGED))
    table.insert(runs and unscheduled or not_running, { id, page[2][i + 1] })
  end
end
has_settings()
-- Takes one out of `running`.
local function stop(entry)
  local _, _, _, queue = running_of(entry[2])
  leave_running({ entry[1] }, { queue })
end
for _, entry in ipairs(strays) do
  if which == 'running' then
    stop(entry)
  else
    redis.call('ZREM', KEYS[2], entry[1])
  end
end
for _, entry in ipairs(unscheduled) do
  redis.call('ZREM', K.scheduled, entry[1])
end
for _, entry in ipairs(not_running) do
  stop(entry)
end
return { page[1], #strays, #unscheduled + #not_running }
