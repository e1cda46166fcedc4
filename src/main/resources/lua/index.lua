-- The indexes of tasks: where each stands, which queues may be claimed from, and what limits them. Included after record.lua.
--
-- Ready tasks stand in the list {ns}:ready:<priority>:<queue>, the next one at the right. `queues:<priority>` names the queues
-- whose list is not empty, in the order of their names. `turns:<priority>` holds those of them that may be claimed from, by their
-- virtual time: a queue of weight w that is served n tasks moves on by n / w, and the lowest is served first.
-- `counts` holds the waiting tasks of each priority, `stale` of '<priority>:<queue>' the ids in its list whose tasks were
-- cancelled there, and `occupied` the running tasks of each queue. All three follow from the rest, and repairs set them right.
-- `settings` holds the settings of queues by name and `patterns` those by pattern ('<prefix>*'): words, each ' <name>=<value>',
-- then a line feed and the note of a pause. `closed` holds queues that are closed for a time, by the ms when they open;
-- `paused` shows what is paused and since when: all, a priority, or a queue or pattern, whose settings say so too.
-- {ns}:closing:<queue> says which task's answer closed one, {ns}:bucket:<queue> the tokens of a rate.
local MOST_PAUSES = 204 -- 200 queues and patterns, each priority, and all
local LONGEST_NOTE = 1000 -- bytes
local LONGEST_PAUSE = 15 -- digits of a time in `paused`
local PAUSABLE = { ['all'] = true, ['priority:high'] = true, ['priority:medium'] = true, ['priority:low'] = true }

-- The ready list of a queue.
local function ready(priority, queue)
  return NS .. 'ready:' .. priority .. ':' .. queue
end

local function fenced(lease, token)
  local f = redis.call('HMGET', lease, 'epoch', 'nonce', 'released')
  return not f[1] or not f[2] or f[3] or f[1] .. ':' .. f[2] ~= token
end

-- A first write that needs no memory: once a script has written, Redis lets it finish, also when it is full. A lease that is no
-- hash keeps no user's call from its end.
local function begin_writing(lease)
  redis.pcall('HDEL', lease, '-')
end

-- Adds to a count that follows from the rest: where it is damaged it is left to repairs. One that is 0 is removed.
local function add_to(hash, field, by)
  local sum = redis.pcall('HINCRBY', hash, field, by)
  if type(sum) ~= 'number' or sum <= 0 then
    redis.pcall('HDEL', hash, field)
  end
end

-- The length of a ready list. Raises its error where something of another type stands under its key, which is named so that it
-- can be set aside: to be called before the first write.
local function length_of(key)
  local length = redis.pcall('LLEN', key)
  if type(length) ~= 'number' then
    error('DAMAGED ' .. key)
  end
  return length
end

-- Notifies who listens. Whoever does looks by itself too, so a message that may not be sent must not stop a script that has
-- written.
local function publish(channel, message)
  redis.pcall('PUBLISH', channel, message)
end

-- Wakes the leader if its last claim got less than it asked for.
local function wake()
  if redis.pcall('HDEL', K.leader, 'waiting') == 1 then
    publish(K.wake, '1')
  end
end

-- How many tasks have not ended.
local function pending()
  local counts = redis.call('HMGET', K.counts, 'high', 'medium', 'low')
  return redis.call('ZCARD', K.scheduled) + redis.call('HLEN', K.running)
    + (tonumber(counts[1]) or 0) + (tonumber(counts[2]) or 0) + (tonumber(counts[3]) or 0)
end

-- Adds to a sorted set by times: `later` is time in ms, member and so on. One that is before all others is published to the
-- leader's maintenance, which sleeps until the first.
local function wait_until(set, later)
  local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', set, unpack(later))
  if not first or tonumber(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]) < tonumber(first) then
    publish(K.maintenance, '1')
  end
end

-- Settings --------------------------------------------------------------------------------------------------------------

local known_patterns, any_settings = nil, nil

-- Raises the errors that a change of the turns would meet: before the first write.
local function check_queues()
  redis.call('ZCARD', K.closed)
  for _, priority in ipairs(PRIORITIES) do
    redis.call('ZCARD', K['queues:' .. priority])
    redis.call('ZCARD', K['turns:' .. priority])
  end
end

-- Whether any queue has settings: nearly always none has, and nothing more is read. Where some have, this raises the error of
-- what a look at them would meet; so the first call comes before the first write.
local function has_settings()
  if any_settings == nil then
    any_settings = redis.call('EXISTS', K.settings, K.patterns) > 0
    if any_settings then
      redis.call('HLEN', K.settings)
      redis.call('HLEN', K.patterns)
      check_queues()
    end
  end
  return any_settings
end

-- The patterns and their settings, the most specific first.
local function patterns()
  if not known_patterns then
    known_patterns = {}
    local all = redis.call('HGETALL', K.patterns)
    for i = 1, #all, 2 do
      known_patterns[#known_patterns + 1] = {
        prefix = string.sub(all[i], 1, -2), words = string.match(all[i + 1], '^[^\n]*'), source = short(all[i]),
        note = string.match(all[i + 1], '\n(.*)$'),
      }
    end
    table.sort(known_patterns, function(one, other) return #one.prefix > #other.prefix end)
  end
  return known_patterns
end

-- What may set something for a queue, the most specific first: of each the words, its name or pattern, and the note.
local function texts_of(queue)
  local texts = {}
  local own = redis.call('HGET', K.settings, queue)
  if own then
    texts[1] = { words = string.match(own, '^[^\n]*'), source = queue, note = string.match(own, '\n(.*)$') }
  end
  for _, pattern in ipairs(patterns()) do
    if string.sub(queue, 1, #pattern.prefix) == pattern.prefix then
      texts[#texts + 1] = pattern
    end
  end
  return texts
end

-- One setting of a queue, as text, and what sets it; nil where it has none.
local function setting(texts, name)
  for _, text in ipairs(texts) do
    local value = string.match(text.words, ' ' .. name .. '=(%S+)')
    if value then
      return value, text
    end
  end
  return nil
end

-- The limits of a queue: weight, concurrency, rate (tokens a ms) and burst; nil where it has no such setting.
local function limits_of(queue)
  if not has_settings() then
    return { weight = 1 }
  end
  local texts = texts_of(queue)
  local starts, period = string.match(setting(texts, 'rate') or '', '^(%d+)/(%d+)$')
  local rate = starts and tonumber(period) > 0 and tonumber(starts) / tonumber(period) or nil
  return {
    texts = texts,
    weight = math.max(1, tonumber((setting(texts, 'weight'))) or 1),
    concurrency = tonumber((setting(texts, 'concurrency'))),
    paused = (setting(texts, 'paused') or '0') ~= '0',
    rate = rate,
    burst = rate and math.max(1, tonumber((setting(texts, 'burst'))) or math.ceil(rate * 100)),
  }
end

-- The options that the settings of a queue give its tasks, as a record writes them; '' for none.
local function options_of(limits)
  if not limits.texts then
    return ''
  end
  local found = ''
  for _, letter in ipairs({ 'a', 'b', 'm', 'f', 't', 'k' }) do
    local value = setting(limits.texts, letter)
    found = found .. (value and ' ' .. letter .. '=' .. value or '')
  end
  return found
end

-- The tokens that a queue with a rate has now.
local function tokens_of(queue, limits, now)
  local tokens, at = string.match(whole(K['bucket:'] .. queue) or '', '^([%d.]+) (%d+)$')
  if not tokens then
    return limits.burst
  end
  return math.min(limits.burst, tonumber(tokens) + math.max(0, now - tonumber(at)) / 1000 * limits.rate)
end

-- How many tasks of a queue may start now, and where that is none: why (paused, closed, concurrency or rate), and for a rate the
-- ms until it may.
local function room_of(queue, limits, now)
  if not limits.texts then
    return math.huge
  elseif limits.paused then
    return 0, 'paused'
  elseif (tonumber(redis.call('ZSCORE', K.closed, queue)) or 0) * 1000 > now then
    return 0, 'closed'
  end
  local most = math.huge
  if limits.concurrency then
    local occupied = redis.pcall('HGET', K.occupied, queue)
    most = limits.concurrency - (type(occupied) == 'string' and tonumber(occupied) or 0)
    if most < 1 then
      return 0, 'concurrency'
    end
  end
  if limits.rate then
    local tokens = tokens_of(queue, limits, now)
    if tokens < 1 then -- it opens once there are tokens for 10 ms, so that a high rate is served in batches
      return 0, 'rate', (math.max(1, math.min(limits.burst, limits.rate * 10)) - tokens) / limits.rate
    end
    most = math.min(most, math.floor(tokens))
  end
  return most
end

-- Why no task of a queue may start now (paused, closed, concurrency or rate; '' if they may); until when, ms, or ''; '<limit>
-- <running>' of a concurrency, '<starts>/<ms>' of a rate; the note of a pause or '<task id> <error>' of what closed the queue.
local function block_of(queue, limits)
  local room, why = room_of(queue, limits, now_us())
  if why == 'closed' and limits.rate and redis.call('EXISTS', K['closing:'] .. queue) == 0 then
    why = 'rate'
  end
  if room >= 1 then
    return '', '', '', ''
  elseif why == 'paused' then
    local _, by = setting(limits.texts, 'paused')
    return why, '', '', string.sub(by.note or '', 1, LONGEST_NOTE)
  elseif why == 'concurrency' then
    return why, '', string.format('%.0f', limits.concurrency) .. ' ' .. short(redis.call('HGET', K.occupied, queue) or '0'), ''
  end
  local ends = redis.call('ZSCORE', K.closed, queue) or ''
  if why == 'rate' then
    return why, ends, short((setting(limits.texts, 'rate'))), ''
  end
  return why, ends, '', string.sub(whole(K['closing:'] .. queue) or '', 1, LONGEST_NOTE)
end

-- Queues ----------------------------------------------------------------------------------------------------------------

-- Takes a queue out of the turns for a time; its tasks stay where they are.
local function close_until(queue, ms)
  wait_until(K.closed, { math.ceil(ms), queue })
end

-- Closes a queue since the target of one of its tasks asked to be left alone until then; one that is closed for longer stays so.
-- `why` is '<task id> <error>'.
local function close_queue(queue, ms, why)
  local now_ms = math.floor(now_us() / 1000)
  if ms <= math.max(now_ms, tonumber(redis.call('ZSCORE', K.closed, queue)) or 0) then
    return
  end
  redis.call('SET', K['closing:'] .. queue, why, 'PX', math.ceil(ms - now_ms))
  close_until(queue, ms)
  for _, priority in ipairs(PRIORITIES) do
    redis.call('ZREM', K['turns:' .. priority], queue)
  end
end

-- Whether a score of the turns is a virtual time: a damaged one would be served always, or never.
local function is_time(score)
  return score >= 0 and score < 2 ^ 50
end

-- Lets a queue with ready tasks into the turns, if it may be claimed from. It comes after one task of the queue whose turn it is,
-- and not before: else one that is refilled all the time would come first all the time. Returns whether it may.
local function offer(priority, queue)
  local limits, now = limits_of(queue), has_settings() and now_us() or 0
  local room, why, opens = room_of(queue, limits, now)
  if room >= 1 then
    local first = tonumber(redis.call('ZRANGE', K['turns:' .. priority], 0, 0, 'WITHSCORES')[2]) or 0
    redis.call('ZADD', K['turns:' .. priority], 'NX', (is_time(first) and first or 0) + 0.5 / limits.weight, queue)
    return true
  end
  if why == 'rate' then
    close_until(queue, now / 1000 + opens)
  end
  return false
end

-- Lets a queue back into the turns where it was taken out, if it may be claimed from now.
local function reopen(queue)
  local open = false
  for _, priority in ipairs(PRIORITIES) do
    if redis.call('ZSCORE', K['queues:' .. priority], queue) and not redis.call('ZSCORE', K['turns:' .. priority], queue) then
      open = offer(priority, queue) or open
    end
  end
  return open
end

-- Some ids to push, by the list where they belong.
local function batch()
  return { groups = {}, high = {}, medium = {}, low = {} }
end

-- Adds an id to a batch; to be called before the first write, since it raises the errors that a push would meet.
local function put(some, priority, queue, id)
  local group = some[priority][queue]
  if not group then
    local key = ready(priority, queue)
    length_of(key)
    redis.call('ZCARD', K['queues:' .. priority])
    redis.call('ZCARD', K['turns:' .. priority])
    has_settings()
    group = { priority = priority, queue = queue, key = key, ids = {} }
    some[priority][queue] = group
    some.groups[#some.groups + 1] = group
  end
  group.ids[#group.ids + 1] = id -- nil where only the list is to be looked at
end

-- Pushes a batch into its ready lists: `how` is LPUSH (back) or RPUSH (front). Wakes the leader if it may claim any of them.
local function push(some, how)
  local open = false
  for _, group in ipairs(some.groups) do
    local priority, queue, ids = group.priority, group.queue, group.ids
    if #ids > 0 then
      redis.call(how, group.key, unpack(ids))
      if redis.call('ZSCORE', K['turns:' .. priority], queue) then
        open = true
      else -- it was empty, or may not be claimed from
        redis.call('ZADD', K['queues:' .. priority], 0, queue)
        open = offer(priority, queue) or open
      end
      add_to(K.counts, priority, #ids)
    end
  end
  if open then
    wake()
  end
end

-- The rest --------------------------------------------------------------------------------------------------------------

-- Notes who leads, since when and why, the newest 1,000.
local function record_leader(token)
  local epoch = string.match(token, '^%d+')
  local lease = redis.call('HMGET', K.leader, 'node', 'elector', 'since', 'why')
  local text = short(epoch .. ' ' .. (lease[1] or ''))
  if lease[2] and lease[3] and lease[4] then
    text = text .. '\t' .. short(lease[2]) .. '\t' .. short(lease[3]) .. '\t' .. short(lease[4])
  end
  redis.call('ZADD', K.leaders, epoch, string.sub(text, 1, LONGEST_VALUE))
  redis.call('ZREMRANGEBYRANK', K.leaders, 0, -1001)
end

-- The id of the task that holds a unique key against `id`; nil if it is free: what has ended holds nothing, unless the key
-- has a window of its own.
local function unique_holder(hash, id)
  local key = K['unique:'] .. hash
  local holder = whole(key)
  if holder and holder ~= id and #holder <= LONGEST_ID
    and (part(K['task:'] .. holder, 0, 0) == 'w' or redis.call('PTTL', key) > 0) then
    return holder
  end
  return nil
end

-- Whether a field of `paused` names something that can be paused.
local function is_pausable(what)
  return PAUSABLE[what] or string.sub(what, 1, 6) == 'queue:' and is_queue((string.gsub(string.sub(what, 7), '%*$', 'x', 1)))
end
