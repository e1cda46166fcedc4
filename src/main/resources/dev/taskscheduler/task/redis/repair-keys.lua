-- repair-keys.lua  Looks through a page of all keys: files ended tasks that no index has, removes what tasks have left behind.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] cursor, 0 at first
-- ARGV[3] about how many
-- ARGV[4] us: tasks that wait and were submitted later, or have completed later, are not looked at
-- ARGV[5] the version of the time-zone rules
-- Returns the next cursor (0 at the end), how many ended tasks were filed, how many attempts and unique keys went, how many
-- queues were entered, how many schedules were, then two words for each: 'lost' and the id of a task that waits and is neither
-- running nor scheduled, 'unfiled' and the id of a completed task that is not in `retained`: lists have them, or nothing; 'task'
-- and the id of one whose record cannot be read, and 'key' and a key of another type than it should be: to be set aside; 'rules'
-- and the name of a schedule whose next instant was computed by older rules.
-- Errors: FENCED.
local prefix, attempts, unique, lists, idempotency = K['task:'], K['attempts:'], K['unique:'], K['ready:'], K['idempotency:']
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local schedules, fires, lost_schedules, older = K['schedule:'], K['fires:'], {}, {}
local ended = { d = K.dead, e = K.expired, x = K.cancelled }
local unfiled, left, unknown = {}, {}, {}
local waiting, completed, damaged = {}, {}, {}
local now = now_us()
local latest = tonumber(ARGV[4])

local function look_at_task(id, header)
  local state = string.sub(header, 1, 1)
  if is_too_long(prefix .. id) or not readable(header) and not readable(part(prefix .. id, 0, LONGEST_HEAD - 1)) then
    damaged[#damaged + 1] = { 'task', id }
  elseif state == 'w' then
    local submitted = tonumber(string.sub(header, SUBMITTED + 1, SUBMITTED + 13), 16)
    if submitted and submitted < latest then
      waiting[#waiting + 1] = id
    end
  elseif state == 'c' then
    local finished = tonumber(string.sub(header, 15, 27), 16)
    if finished and finished < latest then -- else it is in `done` since that was looked through
      completed[#completed + 1] = id
    end
  elseif ended[state] and not redis.call('ZSCORE', ended[state], id) then
    unfiled[#unfiled + 1] = { ended[state], math.floor((tonumber(string.sub(header, 15, 27), 16) or now) / 1000), id }
  end
end

-- A schedule stands in `schedules`, and in `due` while it is to be looked at some time.
local function look_at_schedule(key, name)
  local s = redis.pcall('HMGET', key, 'generation', 'fire', 'waits', 'paused', 'rules', 'runs')
  if s.err then
    damaged[#damaged + 1] = { 'key', key }
  elseif s[1] and is_queue(name) then
    local waits = s[3] and #open_runs(words_of(s[6])) == 0 -- else the end of a run tells
    local due = not s[4] and (s[2] or waits and '0') or nil
    if not redis.call('ZSCORE', K.schedules, name) or due and not redis.call('ZSCORE', K.due, name) then
      lost_schedules[#lost_schedules + 1] = { name, tonumber(due) }
    end
    if s[2] and (s[5] or '') < ARGV[5] then
      older[#older + 1] = name
    end
  end
end

local page = redis.call('SCAN', ARGV[2], 'MATCH', NS .. '*', 'COUNT', ARGV[3])
for _, key in ipairs(page[2]) do
  local is_name = #key <= #NS + 2 * LONGEST_ID -- a longer one is none of ours, and goes to no node
  if is_name and string.sub(key, 1, #prefix) == prefix then
    look_at_task(string.sub(key, #prefix + 1), part(key, 0, 191))
  elseif is_name and string.sub(key, 1, #attempts) == attempts then
    if redis.call('EXISTS', prefix .. string.sub(key, #attempts + 1)) == 0 then
      left[#left + 1] = key
    elseif redis.call('TYPE', key).ok ~= 'list' then
      damaged[#damaged + 1] = { 'key', key }
    end
  elseif is_name and string.sub(key, 1, #unique) == unique then
    local holder = whole(key)
    if not holder then
      damaged[#damaged + 1] = { 'key', key } -- looked at again before it is moved
    elseif redis.call('PTTL', key) == -1 and part(prefix .. holder, 0, 0) ~= 'w' then
      left[#left + 1] = key
    end
  elseif is_name and string.sub(key, 1, #idempotency) == idempotency then
    if not whole(key) then
      damaged[#damaged + 1] = { 'key', key }
    end
  elseif is_name and string.sub(key, 1, #schedules) == schedules then
    look_at_schedule(key, string.sub(key, #schedules + 1))
  elseif is_name and string.sub(key, 1, #fires) == fires then
    if redis.call('EXISTS', schedules .. string.sub(key, #fires + 1)) == 0 then
      left[#left + 1] = key
    end
  elseif is_name and string.sub(key, 1, #lists) == lists then
    local priority, queue = string.match(key, '^(%a+):(.+)$', #lists + 1)
    if redis.call('TYPE', key).ok ~= 'list' then
      damaged[#damaged + 1] = { 'key', key }
    elseif (priority == 'high' or priority == 'medium' or priority == 'low') and is_queue(queue)
      and not redis.call('ZSCORE', K['queues:' .. priority], queue) then
      unknown[#unknown + 1] = { priority, queue }
    end
  end
end

local answer = { page[1], #unfiled, #left, #unknown, #lost_schedules }
local function add(what, name)
  answer[#answer + 1] = what
  answer[#answer + 1] = name
end
if #waiting > 0 then
  local running, scheduled = redis.call('HMGET', K.running, unpack(waiting)), redis.call('ZMSCORE', K.scheduled, unpack(waiting))
  for i, id in ipairs(waiting) do
    if not running[i] and not scheduled[i] then
      add('lost', id)
    end
  end
end
if #completed > 0 then
  local retained = redis.call('ZMSCORE', K.retained, unpack(completed))
  for i, id in ipairs(completed) do
    if not retained[i] then
      add('unfiled', id)
    end
  end
end

for _, what in ipairs(damaged) do
  add(unpack(what))
end
for _, name in ipairs(older) do
  add('rules', name)
end

has_settings()
if #unfiled + #left + #unknown + #lost_schedules > 0 then
  begin_writing(KEYS[1])
end
for _, key in ipairs(left) do
  redis.call('UNLINK', key)
end
for _, s in ipairs(lost_schedules) do
  redis.call('ZADD', K.schedules, 0, s[1])
  if s[2] then
    redis.call('ZADD', K.due, s[2], s[1])
  end
end
for _, u in ipairs(unfiled) do
  redis.call('ZADD', unpack(u))
end
for _, u in ipairs(unknown) do
  redis.call('ZADD', K['queues:' .. u[1]], 0, u[2])
  if offer(u[1], u[2]) then
    wake()
  end
end
return answer
