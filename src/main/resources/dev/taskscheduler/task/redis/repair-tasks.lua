-- repair-tasks.lua  Looks for suspect tasks in all places at once and lets each stand in exactly one.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] retention in ms
-- ARGV[3] entries of lists to look through at the most
-- ARGV[4..] for each: 'lost' where it waits and may be in no index, 'twice' where it waits and may be in two, 'unfiled' where
--   it has completed and may be in no index, 'stray' where it stands in `done` and may have no business there; its id; then
--   '<priority>:<queue>' of a list where it was seen, '' if there is none
-- Returns how many ids were looked at (the rest is over the limit), how many needed a look through all of a list, how many of
-- those have lists too long for that, then how many were put back, filed, removed from `done`, and removed from a second place.
-- Errors: FENCED.
local prefix, budget = K['task:'], tonumber(ARGV[3])
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
check_moves()
local found = { looked = 0, through = 0, long = 0, lost = 0, unfiled = 0, stray = 0, double = 0 }
local spent, writing = 0, false
local MOST_LISTS = 200
local A_CALL = 100000 -- entries that a call looks through, 2 ms: one longer look comes alone

local function write(...)
  if not writing then
    begin_writing(KEYS[1])
    writing = true
  end
  return redis.call(...)
end

-- Whether an id stands near an end of a list: what moved lately does.
local function near(lists, id)
  for _, list in ipairs(lists) do
    if redis.call('LPOS', list, id, 'MAXLEN', 500) or redis.call('LPOS', list, id, 'RANK', -1, 'MAXLEN', 500) then
      return true
    end
  end
  return false
end

-- How often an id stands in each list, and in all; nil if the lists are too long to look through, false if they are for the rest
-- of this call.
local function everywhere(lists, id)
  local length = 0
  for _, list in ipairs(lists) do
    length = length + length_of(list)
  end
  if length > budget then
    return nil
  elseif spent > 0 and spent + length > A_CALL then
    return false
  end
  spent = spent + length
  local times, all = {}, 0
  for i, list in ipairs(lists) do
    times[i] = #redis.call('LPOS', list, id, 'COUNT', 0)
    all = all + times[i]
  end
  return times, all
end

-- Takes an id out of lists, but for its last place in the list with the index `keep`.
local function take_out(lists, times, id, keep)
  for i, list in ipairs(lists) do
    local surplus = times[i] - (i == keep and 1 or 0)
    if surplus > 0 then
      write('LREM', list, surplus, id)
      local priority = string.match(list, '^(%a+):', #K['ready:'] + 1)
      if string.sub(list, 1, #K['ready:']) == K['ready:'] then
        add_to(K.counts, priority, -surplus)
      end
    end
  end
end

local back = batch()

local function one_of_two(id, value, due, header, lists, times, all)
  local runs = value and next_start(ARGV[1], value, header)
  if value and not runs and (due or all > 0) then
    local _, _, _, queue = running_of(value)
    writing = true
    leave_running({ id }, { queue })
  end
  if runs and due then
    write('ZREM', K.scheduled, id)
  end
  local keep = nil
  if not runs and not due then
    for i = #times, 1, -1 do
      keep = times[i] > 0 and i or keep
    end
  end
  take_out(lists, times, id, keep)
  found.double = found.double + 1
end

-- Adds all ready lists, where there are not too many to look through.
local function add_all_lists(lists)
  local own, many = lists[1], 0
  for _, priority in ipairs(PRIORITIES) do
    many = many + redis.call('ZCARD', K['queues:' .. priority])
  end
  for _, priority in ipairs(many <= MOST_LISTS and PRIORITIES or {}) do
    for _, queue in ipairs(redis.call('ZRANGE', K['queues:' .. priority], 0, -1)) do
      if ready(priority, queue) ~= own then
        lists[#lists + 1] = ready(priority, queue)
      end
    end
  end
end

-- A waiting task is to stand in its own list; `list` is another where it was seen, '' if there is none.
local function settle_waiting(suspicion, id, list)
  local header = part(prefix .. id, 0, 4095) -- all but the payload
  local priority = WORDS[string.sub(header, PRIORITY + 1, PRIORITY + 1)]
  if string.sub(header, 1, 1) ~= 'w' or not priority then
    return true
  end
  local queue = queue_of(header)
  local lists = { ready(priority, queue) }
  if list ~= '' and K['ready:'] .. list ~= lists[1] then
    lists[2] = K['ready:'] .. list
  elseif list ~= '' then -- seen a second time in its own list: the first may have been any other
    add_all_lists(lists)
  end
  local value, due = redis.call('HGET', K.running, id), redis.call('ZSCORE', K.scheduled, id)
  if suspicion == 'lost' and (value or due or near(lists, id)) then
    return true
  end
  local times, all = everywhere(lists, id)
  if times == false then
    return false
  end
  found.through = found.through + 1
  if not times then
    found.long = found.long + 1
  elseif all + (value and 1 or 0) + (due and 1 or 0) > 1 then
    one_of_two(id, value, due, header, lists, times, all)
  elseif all == 0 and not value and not due then
    put(back, priority, queue, id)
    found.lost = found.lost + 1
  end
  return true
end

local function file_completed(id, header)
  local keep = string.match(options(header), ' k=(%d+)') or ARGV[2]
  write('ZADD', K.retained, math.floor((tonumber(string.sub(header, 15, 27), 16) or now_us()) / 1000) + tonumber(keep), id)
  found.unfiled = found.unfiled + 1
end

local function settle_completed(suspicion, id)
  local header = part(prefix .. id, 0, 4095) -- all but the payload
  local completed = string.sub(header, 1, 1) == 'c'
  local retained = completed and redis.call('ZSCORE', K.retained, id)
  if suspicion == 'unfiled' and (not completed or retained or near({ K.done }, id)) then
    return true
  end
  local times, all = everywhere({ K.done }, id)
  if times == false then
    return false
  end
  found.through = found.through + 1
  if not times then
    found.long = found.long + 1
  elseif not completed then
    take_out({ K.done }, times, id)
    found.stray = found.stray + (all > 0 and 1 or 0)
  elseif all + (retained and 1 or 0) > 1 then
    take_out({ K.done }, times, id, not retained and 1 or nil)
    found.double = found.double + 1
  elseif all == 0 and not retained then
    file_completed(id, header)
  end
  return true
end

local SETTLE = { lost = settle_waiting, twice = settle_waiting, unfiled = settle_completed, stray = settle_completed }
for i = 4, #ARGV, 3 do
  if not SETTLE[ARGV[i]](ARGV[i], ARGV[i + 1], ARGV[i + 2]) then
    break
  end
  found.looked = found.looked + 1
end
if #back.groups > 0 then
  begin_writing(KEYS[1])
  push(back, 'LPUSH')
end
return { found.looked, found.through, found.long, found.lost, found.unfiled, found.stray, found.double }
