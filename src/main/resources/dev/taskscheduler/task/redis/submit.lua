-- submit.lua  Keeps new tasks, each by itself, and makes them ready, or scheduled. Repeated with the same ids it keeps each once.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] most pending tasks
-- ARGV[2..] for each task: id, priority (high, medium, low), and '<type><options>\n<payload>'; a priority may be followed by
-- what is to be looked at: ' delay=<ms>' or ' runAt=<ms since 1970>': due then; ' unique=<hash>': no other pending task may
-- hold this key; ' window=<hash>,<ms>': no other task may have held it for that long; ' idempotency=<hash>,<fingerprint>,<ms>':
-- the first with this key within that time is the one that is kept; the key holds '<id> <fingerprint>', and ' ~' behind it if
-- that id is the holder of the unique key which the first was answered with
-- Returns for each task 'accepted' (kept, now or before), 'full' (too many are pending), 'replayed <id>' (kept before under this
-- idempotency key), 'reused <id>' (another body was sent with it), or 'duplicate <id>' (that task holds the unique key, or did
-- when this was first asked).
local prefix = K['task:']
local room = tonumber(ARGV[1]) - pending()
local now = now_us()
local submitted = hex(13, now)
local head = 'w' .. string.rep('0', PRIORITY - 1)
local answers, new, later = {}, batch(), {}

-- The due time in ms that a submission asks for; nil if it is over.
local function due_ms(how)
  local delay, at = string.match(how, ' delay=(%d+)'), string.match(how, ' runAt=(%d+)')
  local due = delay and math.ceil(now / 1000) + tonumber(delay) or tonumber(at)
  return due and due * 1000 > now and due or nil
end

-- What stands in a task's way, in the words of the answer; nil if nothing does; 'accepted' if the task itself holds a key: it was
-- kept before, be it that it has ended and was removed since. Then the holder of its unique key, if that is to be remembered as
-- the answer.
local function conflict(id, how)
  local key, fingerprint = string.match(how, ' idempotency=(%x+),(%x+)')
  local first = key and whole(K['idempotency:'] .. key)
  if first then
    local first_id, first_print, duplicate = string.match(first, '^(%S+) (%x+)(.*)$')
    if first_id == id then
      return 'accepted'
    elseif first_id and #first_id <= LONGEST_ID then -- else it cannot be read, and is written anew
      return (first_print ~= fingerprint and 'reused ' or duplicate ~= '' and 'duplicate ' or 'replayed ') .. first_id
    end
  end
  local unique = string.match(how, ' unique=(%x+)') or string.match(how, ' window=(%x+)')
  if unique and whole(K['unique:'] .. unique) == id then
    return 'accepted'
  end
  local holder = unique and unique_holder(unique, id)
  return holder and 'duplicate ' .. holder, not first and holder
end

-- Remembers what was answered under an idempotency key, if there is one: the task that was kept, or (' ~') a duplicate's holder.
local function answer_once(how, id, duplicate)
  local key, fingerprint, ms = string.match(how, ' idempotency=(%x+),(%x+),(%d+)')
  if key then
    redis.call('SET', K['idempotency:'] .. key, id .. ' ' .. fingerprint .. duplicate, 'PX', ms)
  end
end

local function hold_keys(id, how)
  answer_once(how, id, '')
  local unique, window = string.match(how, ' window=(%x+),(%d+)')
  if unique then
    redis.call('SET', K['unique:'] .. unique, id, 'PX', window)
  else
    unique = string.match(how, ' unique=(%x+)')
    if unique then
      redis.call('SET', K['unique:'] .. unique, id)
    end
  end
end

for i = 2, #ARGV, 3 do -- each list that may be pushed to is looked at before the first write
  put(new, string.match(ARGV[i + 1], '^%a+'), queue_of(ARGV[i + 2], 1))
end
redis.call('ZCARD', K.scheduled)
for i = 2, #ARGV, 3 do
  local id, how, body = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local priority, due, taken, holder = string.match(how, '^%a+'), nil, nil, nil
  if priority ~= how then
    taken, holder = conflict(id, how)
    if taken and redis.call('EXISTS', prefix .. id) == 1 then
      taken = nil -- kept before: whatever came after it does not stand in its way
    end
    due = due_ms(how)
  end
  if taken then
    if holder then
      answer_once(how, holder, ' ~')
    end
    answers[#answers + 1] = taken
  elseif room > 0 then
    if redis.call('SET', prefix .. id, head .. LETTERS[priority] .. submitted .. body, 'NX') then
      if priority ~= how then
        hold_keys(id, how)
      end
      if due then
        later[#later + 1] = due
        later[#later + 1] = id
      else
        put(new, priority, queue_of(body, 1), id)
      end
      room = room - 1
    end
    answers[#answers + 1] = 'accepted'
  else
    answers[#answers + 1] = redis.call('EXISTS', prefix .. id) == 1 and 'accepted' or 'full'
  end
end
push(new, 'LPUSH')
if #later > 0 then
  wait_until(K.scheduled, later)
end
return answers
