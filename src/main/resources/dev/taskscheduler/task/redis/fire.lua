-- fire.lua  Fires schedules whose instants have passed, under the leader's token, and sets the instant at which each stands next.
-- include: record, index, transition, schedule, runs
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] most pending tasks
-- ARGV[3] the version of the time-zone rules
-- ARGV[4..] for each schedule: its name, its generation and the planned ms that it stands at, as they were seen; the planned ms
-- at which it stands then, and the ms when that fires ('run' where it waits for the end of a run); how many instants are missed;
-- how many fire, and for each of these the planned ms, the id of its task, its priority and '<type><options>\n<payload>'. A time
-- is '' where there is none.
-- A schedule that another call has changed meanwhile is left as it is. Where too many tasks are pending a schedule stays at the
-- instant, and is looked at again.
-- Returns 'changed' for each schedule that was, else its outcomes: fired, buffered, skipped, missed or full. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local AGAIN_MS = 5000
local now, new, changes, answers = now_us(), batch(), {}, {}
local now_ms = math.floor(now / 1000)
local room = tonumber(ARGV[2]) - pending()
check_moves()
redis.call('ZCARD', K.due)

-- Decides what becomes of a schedule whose arguments begin at `i`; nil if another call has changed it.
local function look(i, count)
  local name, seen = ARGV[i], ARGV[i + 2]
  local s = fields_of(name, 'next', 'paused', 'overlap', 'runs', 'buffer', 'remaining')
  if not s or s.generation ~= ARGV[i + 1] or (s.next or '') ~= seen or s.paused then
    return nil
  end
  local c = changing(name, s, new)
  c.next, c.fire = ARGV[i + 3], ARGV[i + 4]
  for j = i + 7, i + 3 + 4 * count, 4 do
    local waited = seen == '' or tonumber(ARGV[j]) < tonumber(seen)
    if waited and not place_in(c.buffer, ARGV[j]) then
      return nil -- this call came before, and its instant waits no more
    end
  end
  local missed, outcomes = tonumber(ARGV[i + 5]), {}
  for j = i + 7, i + 3 + 4 * count, 4 do
    local planned, id = ARGV[j], ARGV[j + 1]
    local buffered = place_in(c.buffer, planned)
    local outcome, adds = decide(c, planned, id, ARGV[j + 2], ARGV[j + 3], room)
    room = room - adds
    outcomes[#outcomes + 1] = outcome
    if outcome == 'full' then
      c.fault = 'too many tasks are pending'
      if not buffered and not c.stopped then -- it stays at this instant
        c.next, c.fire, c.stopped = planned, string.format('%.0f', now_ms + AGAIN_MS), true
      end
    elseif outcome ~= 'buffered' or not buffered then
      note_fire(c, planned, outcome, outcome == 'fired' and id or nil, missed)
      missed = 0
    end
  end
  if missed > 0 then
    note_fire(c, seen, 'missed', nil, missed)
  end
  if c.remaining == 0 then
    c.next, c.fire, c.buffer = '', '', {}
  end
  return c, outcomes
end

local i = 4
while i <= #ARGV do
  local count = tonumber(ARGV[i + 6])
  local c, outcomes = look(i, count)
  changes[#changes + 1] = c
  answers[#answers + 1] = outcomes or 'changed'
  i = i + 7 + 4 * count
end
for _, c in ipairs(changes) do
  write_tasks(c, now)
end
begin_writing(KEYS[1])
push(new, 'LPUSH') -- before cancels, which may take some of these out again
for _, c in ipairs(changes) do
  local key = K['schedule:'] .. c.name
  local waits = c.fire == 'run' or #c.buffer > 0
  write_schedule(c, now)
  if c.next ~= '' then
    redis.call('HSET', key, 'next', c.next, 'fire', c.fire, 'rules', ARGV[3])
  else
    redis.call('HDEL', key, 'next', 'fire')
  end
  if waits then
    redis.call('HSET', key, 'waits', '1')
  else
    redis.call('HDEL', key, 'waits')
  end
  if c.fault then
    redis.call('HSET', key, 'fault', c.fault)
  else
    redis.call('HDEL', key, 'fault')
  end
  if waits and #c.runs == 0 then -- nothing will tell that a run ended
    redis.call('ZADD', K.due, now_ms + (c.fault and AGAIN_MS or 0), c.name)
  elseif c.next ~= '' then
    redis.call('ZADD', K.due, c.fire, c.name)
  else
    redis.call('ZREM', K.due, c.name)
  end
end
return answers
