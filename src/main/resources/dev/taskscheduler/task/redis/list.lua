-- list.lua  Lists tasks, page by page, without their payloads: a walk over the indexes that ends within its bounds.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] tasks at the most, 1 to 500
-- ARGV[2] indexes to walk, each once, in this order, with a space between: running, high, medium, low (what is ready), scheduled,
-- dead, expired, cancelled, done, retained
-- ARGV[3] only this priority (high, medium, low), '' for any
-- ARGV[4] only this type, '' for any
-- ARGV[5] only this queue, '' for any
-- ARGV[6] submitted since, us, hex
-- ARGV[7] submitted before, us, hex
-- ARGV[8] of what is scheduled only what was charged (1) or what was not (0), '' for both
-- ARGV[9] where the page before ended, '' at first: the index, then for ready the queue, how many of it were passed, how many
-- were left, the last id and its starts, for done how many were passed, for sorted sets the last score and id, for running the
-- cursor of HSCAN and what was listed of its batch
-- ARGV[10] only with this tag, ARGV[11] only with the unique key of this hash, ARGV[12] only with this text in the last error, in
-- any case of letters, each '' for any
-- ARGV[13] 1: what came last into its index comes first; else ''
-- ARGV[14] only with an id that begins so, '' for any; a whole id is looked up and not walked to
-- Ready tasks come by priority, by the names of their queues, and in a queue the next one first; scheduled ones as they are due,
-- ended ones newest first. Who holds the unique key comes before all others.
-- What stays in its index is listed, whatever moves meanwhile; some of it twice. No call reads more
-- than 250 records, or the limit if that is more, or over 1 MiB: a page may be short and yet not the last.
-- Returns where the next page begins ('' if this is the last), then of each task its id, its record up to the payload, its
-- value in running, its due time in ms and, if it is to be tried again, the last line of its attempts ('' if none).
local prefix, limit = K['task:'], tonumber(ARGV[1])
local only_priority, only_type, only_queue, since, before, only_charged = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local only_tag, only_unique, only_error, newest = ARGV[10], ARGV[11], string.lower(ARGV[12]), ARGV[13] == '1'
local only_id, others = ARGV[14], 0
local since_us = tonumber(since, 16)
local reads_line = only_tag ~= '' or only_unique ~= '' or only_error ~= ''
local HEAD = reads_line and LONGEST_HEAD or QUEUE_END -- bytes of a record that nearly always hold all but the payload
local ENDED = { d = 'dead', e = 'expired', x = 'cancelled' }
local WINDOW, FAR, WHOLE_ID = 600, 500000, 36
local STRAY = 100 -- of so many in a row not all have a wrong time: Redis's clock may have been behind when they ended
local looks, bytes_left = math.max(limit, 250), 1048576
local page, found = { '' }, 0
local holder = only_unique ~= '' and whole(K['unique:'] .. only_unique) -- in every state, and if its record does not name the key

-- Whether a cursor can carry an id; what cannot is none of ours.
local function is_id(id)
  return #id <= 64 and string.find(id, '^[!-~]+$')
end

local function is_full()
  return found >= limit or looks <= 0 or bytes_left <= 0
end

local type_and_end = '^' .. string.gsub(only_type, '[.-]', '%%%0') .. '[ \t\n]'
local by_time = since_us > 0 or before ~= 'g'

-- Whether a record's first line and the last of its attempts have what is asked for.
local function has_words(id, head)
  local line = string.match(head, '^[^\n]*')
  local opts = options(line .. '\n')
  if only_tag ~= '' and not string.find(',' .. (string.match(opts, ' g=(%S+)') or '') .. ',', ',' .. only_tag .. ',', 1, true)
    or only_unique ~= '' and id ~= holder and not string.find(opts .. ' ', ' u=' .. only_unique .. ' ', 1, true) then
    return false
  elseif only_error == '' then
    return true
  end
  local error = string.match(line, '\t(.*)', TYPE + 1)
  if not error and string.sub(head, 1, 1) == 'w' then
    local last = last_line(id, head)
    looks, bytes_left = looks - 1, bytes_left - #last
    error = string.match(last, '^%x+ %x+ %x+ %x+ %a (.*)')
  end
  return error and string.find(string.lower(error), only_error, 1, true)
end

local function asked_for(id, head, due)
  if only_priority ~= '' and WORDS[string.sub(head, PRIORITY + 1, PRIORITY + 1)] ~= only_priority
    or only_queue ~= '' and queue_of(head) ~= only_queue
    or only_type ~= '' and not string.find(head, type_and_end, TYPE + 1) then
    return false
  end
  if by_time then
    local submitted = string.sub(head, SUBMITTED + 1, TYPE)
    if submitted < since or submitted >= before then
      return false
    end
  end
  if due and only_charged ~= '' and (string.sub(head, CHARGED + 1, PRIORITY) ~= '0000') ~= (only_charged == '1') then
    return false
  end
  return not reads_line or has_words(id, head)
end

-- Looks at one entry; lists it if it is in state `letter` and asked for. Returns the first bytes of its record.
local function look(letter, id, value, due, held)
  if only_id ~= '' and string.sub(id, 1, #only_id) ~= only_id then
    others = others + 1 -- it costs a part of what a record does
    looks = others % 20 == 0 and looks - 1 or looks
    return ''
  end
  local head = part(prefix .. id, 0, HEAD - 1)
  looks = looks - 1
  bytes_left = bytes_left - #head
  if id == holder and not held or #id > LONGEST_ID or #head <= TYPE
    or string.sub(head, 1, 1) ~= letter or not asked_for(id, head, due) then
    return head -- not asked for, removed by hand, or cancelled where it stood
  end
  local line = string.find(head, '\n', TYPE + 1, true)
  local whole = head
  if not line and #head == HEAD then
    whole = part(prefix .. id, 0, LONGEST_HEAD - 1)
    bytes_left = bytes_left - #whole
    line = string.find(whole, '\n', TYPE + 1, true)
  end
  page[#page + 1] = id
  page[#page + 1] = line and string.sub(whole, 1, line - 1) or whole
  page[#page + 1] = value and string.sub(value, 1, LONGEST_VALUE) or ''
  page[#page + 1] = due or ''
  page[#page + 1] = due and last_line(id, head) or ''
  bytes_left = bytes_left - #page[#page]
  found = found + 1
  return head
end

-- Lists -----------------------------------------------------------------------------------------------------------------

-- Entries after the first `at` of the walk, `many` at the most.
local function entries(list, at, many)
  if list.from_left then
    return redis.call('LRANGE', list.key, at, at + many - 1)
  end
  local backwards, ids = redis.call('LRANGE', list.key, -(at + many), -(at + 1)), {}
  for i = #backwards, 1, -1 do
    ids[#ids + 1] = backwards[i]
  end
  return ids
end

-- How many of the walk are passed with the entry `id`, if it stands within the window around `at`.
local function near(list, id, at)
  local from = math.max(0, at - WINDOW)
  for i, other in ipairs(entries(list, from, 2 * WINDOW)) do
    if other == id then
      return from + i
    end
  end
  return nil
end

-- Where an id stands in a list, as far from its ends as may be looked; how many are passed with it.
local function far(list, id)
  local left = redis.call('LPOS', list.key, id, 'MAXLEN', FAR)
  local right = not left and redis.call('LPOS', list.key, id, 'RANK', -1, 'MAXLEN', FAR)
  local index = left or right
  return index and (list.from_left and index + 1 or list.length - index)
end

-- Whether a task that was ready has been claimed since, whatever became of it then.
local function was_claimed(id, starts)
  local head = part(prefix .. id, 0, CHARGED - 1)
  local state = string.sub(head, 1, 1)
  return (state == 'w' or state == 'c' or state == 'd' or state == 'e')
    and (state ~= 'w' or string.sub(head, STARTS + 1, STARTS + 6) ~= starts or redis.call('HEXISTS', K.running, id) == 1)
end

-- How many of a ready list are passed: up to the last id of the page before, wherever it stands now. What comes and goes at both
-- ends moves it. Where it is gone, all before it are gone too, and the walk begins again: rather twice than never.
-- From the left it is all behind it that are gone.
local function passed(list, at, left, id, starts)
  for _, guess in ipairs({ at, list.length - left }) do
    if guess > 0 and guess <= list.length and entries(list, guess - 1, 1)[1] == id then
      return guess
    end
  end
  if was_claimed(id, starts) then
    return list.from_left and list.length or 0
  end
  local there = near(list, id, at) or near(list, id, list.length - left) or far(list, id)
  if list.from_left then
    return there and list.length - there <= left and there or math.max(0, list.length - left)
  end
  return there and list.length - there >= left and there or 0 -- nearer to the back than it was: it came anew
end

local function walk_list(code, list, from)
  list.length = redis.call('LLEN', list.key)
  local at, last, starts, old = 0, nil, '000000', 0 -- old: how many in a row ended too early
  if from then
    local passed_then, left, id, starts_then = string.match(from, '^(%d+) ?(%d*) ?(%S*) ?(%x*)$')
    at = list.moves and passed(list, tonumber(passed_then), tonumber(left), id, starts_then) or tonumber(passed_then)
  end
  while at < list.length and not is_full() do
    for _, id in ipairs(entries(list, at, math.min(100, looks))) do
      if is_full() then
        break
      end
      local head = look(list.letter, id)
      at = at + 1
      if is_id(id) or not last then
        last = is_id(id) and id or '-'
        starts = string.match(string.sub(head, STARTS + 1, STARTS + 6), '^%x%x%x%x%x%x$') or '000000'
      end
      if list.letter == 'c' and since_us > 0 then
        old = (tonumber(string.sub(head, 15, 27), 16) or since_us) < since_us and old + 1 or 0
        if old == STRAY then
          return nil -- what ended before was submitted before
        end
      end
    end
  end
  if at >= list.length then
    return nil
  end
  if not last then
    return code -- it was not begun
  end
  return code .. ' ' .. at .. (list.moves and ' ' .. (list.length - at) .. ' ' .. last .. ' ' .. starts or '')
end

-- What is ready in one priority: queue by queue, in the order of their names.
local function walk_ready(priority, from)
  local queue, rest = string.match(from or '', '^(%S+) ?(.*)$')
  while true do
    if queue and (only_queue == '' or queue == only_queue) then
      if is_full() then
        return priority .. ' ' .. queue
      end
      length_of(ready(priority, queue))
      local list = { key = ready(priority, queue), letter = 'w', moves = true, from_left = newest }
      local stop = walk_list(priority .. ' ' .. queue, list, rest and rest ~= '' and rest or nil)
      if stop then
        return stop
      end
    end
    if only_queue ~= '' then
      if queue == only_queue then
        return nil
      end
      queue = only_queue
    else
      repeat -- what is no name of a queue is passed over
        looks = looks - 1
        queue = redis.call('ZRANGEBYLEX', K['queues:' .. priority], queue and '(' .. queue or '-', '+', 'LIMIT', 0, 1)[1]
      until not queue or is_queue(queue)
    end
    rest = nil
    if not queue then
      return nil
    end
  end
end

-- Sorted sets -----------------------------------------------------------------------------------------------------------

-- How many of the walk stand at or before a score and id, whether they still stand there or not.
local function rank_after(set, score, id)
  local range = set.newest_first and 'ZREVRANGE' or 'ZRANGE'
  local before_it = set.newest_first and redis.call('ZCOUNT', set.key, '(' .. score, '+inf')
    or redis.call('ZCOUNT', set.key, '-inf', '(' .. score)
  local low, high = before_it, before_it + redis.call('ZCOUNT', set.key, score, score)
  while low < high do -- those of one score are in the order of their ids
    local mid = math.floor((low + high) / 2)
    local other = redis.call(range, set.key, mid, mid)[1]
    if other == id or (set.newest_first and other > id) or (not set.newest_first and other < id) then
      low = mid + 1
    else
      high = mid
    end
  end
  return low
end

local function walk_set(code, set, from)
  local range, at, score, id = set.newest_first and 'ZREVRANGE' or 'ZRANGE', 0, nil, nil
  if from then
    score, id = string.match(from, '^(%S+) (%S+)$')
    at = rank_after(set, score, id)
  end
  while not is_full() do
    local some = redis.call(range, set.key, at, at + math.min(100, looks) - 1, 'WITHSCORES')
    if #some == 0 then
      return nil
    end
    for i = 1, #some, 2 do
      if set.by_end and (tonumber(some[i + 1]) + 1) * 1000 <= since_us then
        return nil -- what ended before was submitted before
      end
      if is_full() then
        break
      end
      id, score = some[i], some[i + 1]
      look(set.letter, id, nil, code == 'scheduled' and score)
      at = at + 1
    end
  end
  if at >= redis.call('ZCARD', set.key) then
    return nil
  end
  return id and code .. ' ' .. score .. ' ' .. short(id) or code
end

-- What runs -------------------------------------------------------------------------------------------------------------

-- HSCAN gives batches, and none can be cut in the middle: what stands at a cursor changes as tasks come and go. One that does
-- not fit is left for the next page. A page smaller than a batch remembers which of it were listed; where the batch is all
-- that runs, in the order of ids, the last id will do.
local function walk_running(code, from)
  local cursor, listed = string.match(from or '0 -', '^(%d+) (%S+)$')
  while not is_full() do
    local batch = redis.call('HSCAN', K.running, cursor, 'COUNT', math.max(1, math.min(50, limit - found - 16)))
    local all_that_runs = cursor == '0' and batch[1] == '0'
    local after, values, ids = string.match(listed, '^[<>](.*)$'), {}, {}
    for i = 1, #batch[2], 2 do
      local id = batch[2][i]
      local comes_new = #id <= LONGEST_ID and not values[id]
        and not (after and (newest and id >= after or not newest and id <= after))
      if comes_new and not string.find(',' .. listed .. ',', ',' .. id .. ',', 1, true) then
        ids[#ids + 1] = id
      end
      values[id] = batch[2][i + 1]
    end
    if #ids > limit - found and found > 0 and not all_that_runs then
      return code .. ' ' .. cursor .. ' ' .. listed
    end
    table.sort(ids, newest and function(a, b) return a > b end or nil)
    local here = listed ~= '-' and not after and { listed } or {}
    for n, id in ipairs(ids) do
      if all_that_runs and is_full() then
        return code .. ' 0 ' .. (newest and '<' or '>') .. ids[n - 1]
      elseif found >= limit then
        return code .. ' ' .. cursor .. ' ' .. table.concat(here, ',')
      end
      look('w', id, values[id])
      here[#here + 1] = id
    end
    cursor, listed = batch[1], '-'
    if cursor == '0' then
      return nil
    end
  end
  return code .. ' ' .. cursor .. ' -'
end

local function set_walk(letter, by_end, newest_first)
  return function(code, from)
    return walk_set(code, { key = K[code], letter = letter, newest_first = newest_first, by_end = by_end }, from)
  end
end

local walks = {
  running = walk_running,
  high = walk_ready,
  medium = walk_ready,
  low = walk_ready,
  scheduled = set_walk('w', false, newest),
  dead = set_walk('d', true, true),
  expired = set_walk('e', true, true),
  cancelled = set_walk('x', true, true),
  done = function(code, from) return walk_list(code, { key = K.done, letter = 'c', from_left = true }, from) end,
  retained = set_walk('c', false, true),
}

-- Lists one task, who holds the unique key or has the id, if its state is asked for.
local function list_one(id)
  local head = part(prefix .. short(id), 0, PRIORITY)
  local letter, value, due = string.sub(head, 1, 1), nil, nil
  local index = letter == 'c' and 'done' or letter == 'w' and WORDS[string.sub(head, PRIORITY + 1)] or ENDED[letter]
  if letter == 'w' then
    value = redis.call('HGET', K.running, id)
    due = not value and redis.call('ZSCORE', K.scheduled, id)
    index = value and 'running' or due and 'scheduled' or index
  end
  if index and string.find(' ' .. ARGV[2] .. ' ', ' ' .. index .. ' ', 1, true) then
    look(letter, id, value, due, true)
  end
end

if #only_id == WHOLE_ID then
  list_one(only_id)
  return page
elseif holder and ARGV[9] == '' then
  list_one(holder)
end
local begin, from = string.match(ARGV[9], '^(%a+) ?(.*)$')
local begun = not begin or not string.find(' ' .. ARGV[2] .. ' ', ' ' .. begin .. ' ', 1, true)
for code in string.gmatch(ARGV[2], '%a+') do
  begun = begun or code == begin
  if begun then
    if is_full() then
      page[1] = code
      break
    end
    local stop = walks[code](code, code == begin and from ~= '' and from or nil)
    if stop then
      page[1] = stop
      break
    end
  end
end
return page
