-- claim.lua  Moves up to `limit` ready tasks to running, under the leader's token: by priority, oldest first.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] sequence of this call, higher than any before
-- ARGV[3] limit, 1 to 500
-- ARGV[4] bytes of records at the most (one larger one comes alone)
-- ARGV[5] how many of the limit are for high priority
-- ARGV[6] for medium
-- ARGV[7] for low; what they leave goes by priority
-- ARGV[8] ms of waiting that lift a task by one priority; 0: none
-- ARGV[9] '1' for a leader that has not recovered yet: only where nothing runs, and it is recorded (record-leader.lua); else '0'
-- Returns nothing for a leader that has not recovered yet where tasks of an earlier one run; else
-- the time in us, then 1 if more may be ready than the bounds let it take and else 0, then how many had expired,
-- then for each claimed task its id and its record. Fewer than `limit` with nothing more ready leave the mark `waiting`.
-- Errors: FENCED, also where claimSeq cannot be read; BARRED if a call with this sequence or a later one came before.
local limit, bytes_left, prefix, ageing = tonumber(ARGV[3]), tonumber(ARGV[4]), K['task:'], tonumber(ARGV[8]) * 1000
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local f = redis.call('HMGET', KEYS[1], 'claimSeq', 'waiting')
local barred = tonumber(f[1] or '0')
if not barred then -- only another token makes it readable again
  return redis.error_reply('FENCED the lease is damaged: claimSeq is no number')
end
if tonumber(ARGV[2]) <= barred then
  return redis.error_reply('BARRED this claim comes too late')
end
local first = ARGV[9] == '1'
if first and redis.call('HLEN', K.running) > 0 then
  return {}
end

local paused, some_paused = {}, false
for _, what in ipairs(redis.call('HKEYS', K.paused)) do
  if #what > LONGEST_ID then
    error('what is paused is too long a name') -- to be set aside: each claim reads all of them
  end
  paused[what] = true
  some_paused = true
end

local now = now_us()
local now_ms = now / 1000
local started = hex(13, now)
local claimed = { string.format('%.0f', now), 0, 0 }
local running, seen, parked, expired = {}, {}, {}, {}
local left, looks, more = limit, 500, false -- looks: ids to look at, at the most
local lists = {
  { key = K['ready:high'], letter = 'h', taken = 0, stale = 0, open = not paused['all'] and not paused['priority:high'] },
  { key = K['ready:medium'], letter = 'm', taken = 0, stale = 0, open = not paused['all'] and not paused['priority:medium'] },
  { key = K['ready:low'], letter = 'l', taken = 0, stale = 0, open = not paused['all'] and not paused['priority:low'] },
}

-- Puts one task where it belongs: to those that run, to those that wait for their type, or to those that come too late.
local function place(list, id, record)
  local stop = string.find(record, '[ \n]', TYPE + 1)
  local kind = some_paused and string.sub(record, TYPE + 1, stop - 1)
  if kind and paused['type:' .. kind] then
    parked[#parked + 1] = { list.letter .. ':' .. kind, id }
    return false
  end
  if string.sub(record, stop, stop) == ' ' then
    local opts = options(record)
    local expires = string.match(opts, ' x=(%d+)')
    if expires and tonumber(expires) < now_ms then
      expired[#expired + 1] = { id, opts, string.sub(record, STARTS + 1, CHARGED) }
      return false
    end
  end
  claimed[#claimed + 1] = id
  claimed[#claimed + 1] = record
  running[#running + 1] = id
  running[#running + 1] = ARGV[1] .. ' ' .. hex(6, tonumber(string.sub(record, STARTS + 1, STARTS + 6), 16) + 1) .. ' ' .. started
  bytes_left = bytes_left - #record
  return true
end

-- Takes up to `most` from a list; looks at no more than these where `once`. An id whose record is gone or has ended is
-- dropped, since there is nothing to run; so is one that stands here twice, and what is too long for an id.
local function take(list, most, once)
  most = math.min(most, left)
  while list.open and most > 0 and not more do
    local ids = redis.call('LRANGE', list.key, -(list.taken + most), -(list.taken + 1))
    if #ids == 0 then
      return
    end
    for i = #ids, 1, -1 do
      local id = ids[i]
      local record = not seen[id] and redis.call('GET', prefix .. id)
      if record and #record > LONGEST_RECORD then
        error('a record is too long') -- to be set aside
      end
      local waits = record and #id <= LONGEST_ID and string.sub(record, 1, 1) == 'w'
      more = looks == 0 or waits and bytes_left < #record and #running > 0
      if more then
        return
      end
      looks = looks - 1
      list.taken = list.taken + 1
      if waits then
        if place(list, id, record) then
          left = left - 1
          most = most - 1
        end
      elseif not seen[id] then
        list.stale = list.stale + 1
      end
      seen[id] = true
    end
    if once then
      return
    end
  end
end

-- The list whose next task is lifted highest by its age; nil when nothing is there.
local function most_aged()
  local best, best_rank, best_since
  for i, list in ipairs(lists) do
    local id = list.open and redis.call('LINDEX', list.key, -(list.taken + 1))
    if id then
      local since = tonumber(part(prefix .. id, SUBMITTED, SUBMITTED + 12), 16) or 0 -- gone: dropped first
      local rank = i - math.floor((now - since) / ageing)
      if not best or rank < best_rank or rank == best_rank and since < best_since then
        best, best_rank, best_since = list, rank, since
      end
    end
  end
  return best
end

if ageing > 0 then
  local list = most_aged()
  while list and left > 0 and not more do
    take(list, 1, true) -- what comes after one that is dropped is of another age
    list = most_aged()
  end
else
  for i, list in ipairs(lists) do
    take(list, tonumber(ARGV[4 + i]))
  end
  for _, list in ipairs(lists) do
    take(list, left)
  end
end

claimed[3] = #expired
if f[2] and not first and lists[1].taken + lists[2].taken + lists[3].taken == 0 then
  claimed[2] = more and 1 or 0
  return claimed -- nothing there, and the mark stands: nothing to write
end
-- Each raises its error where something of another type stands under the key: before the first write.
for _, p in ipairs(parked) do
  redis.call('SISMEMBER', K.parked, '')
  redis.call('LLEN', K['parked:'] .. p[1])
end
if #expired > 0 then
  redis.call('ZCARD', K.expired)
end
for _, list in ipairs(lists) do
  if list.stale > 0 and not tonumber(redis.call('HGET', K.stale, list.letter) or 0) then
    error('the count of stale ids is no number')
  end
end
begin_writing(KEYS[1])
if first then
  record_leader(ARGV[1])
end
if #running > 0 then -- first of all: raised here, it has moved nothing
  redis.call('HSET', K.running, unpack(running))
  redis.call('HSET', KEYS[1], 'claimSeq', ARGV[2])
end
for _, list in ipairs(lists) do
  if list.taken > 0 then
    redis.call('RPOP', list.key, list.taken)
  end
  if list.stale > 0 then
    forget_stale(list.letter, list.stale)
  end
end
for _, p in ipairs(parked) do
  redis.call('SADD', K.parked, p[1])
  redis.call('LPUSH', K['parked:'] .. p[1], p[2])
end
for _, e in ipairs(expired) do
  bury(K.expired, e[1], 'e' .. string.rep('0', 13) .. started .. e[3], nil, 'it could not start before expiresAt', now)
  free_unique(e[1], e[2])
  if call_back(e[1], 'f', e[2], now) then
    more = true
  end
end
claimed[2] = more and 1 or 0
if left > 0 and not more and not f[2] then
  redis.call('HSET', KEYS[1], 'waiting', '1')
end
return claimed
