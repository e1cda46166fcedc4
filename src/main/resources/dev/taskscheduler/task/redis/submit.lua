-- submit.lua  Keeps new tasks, each by itself, and makes them ready, or scheduled. Repeated with the same ids it keeps each once.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] most pending tasks
-- ARGV[2..] for each task: id, priority (h, m, l), and '<type><options>\n<payload>'; a priority may be followed by what is
-- to be looked at: ' d=<ms from now>' or ' r=<ms since 1970>': due then; ' u=<hash>': no other pending task may hold this key;
-- ' w=<hash>,<ms>': no other task may have held it for that long; ' i=<hash>,<fingerprint>,<ms>': the first with this
-- key within that time is the one that is kept; the key holds '<id> <fingerprint>', and ' ~' behind it if that id is the
-- holder of the unique key which the first was answered with
-- Returns for each task 1 (kept, now or before), 0 (too many are pending), '=<id>' (kept before under this idempotency key),
-- '!<id>' (another body was sent with it), or '~<id>' (that task holds the unique key, or did when this was first asked).
local prefix = K['task:']
local room = tonumber(ARGV[1]) - pending()
local now = now_us()
local submitted = hex(13, now)
local head = 'w' .. string.rep('0', PRIORITY - 1)
local kept, by_list, later = {}, { {}, {}, {} }, {}

-- What stands in a task's way, in the words of the answer; nil if nothing does; 1 if the task itself holds a key: it was kept
-- before, be it that it has ended and was removed since. Then the holder of its unique key, if that is to be remembered as the
-- answer.
local function conflict(id, how)
  local key, fingerprint = string.match(how, ' i=(%x+),(%x+)')
  local first = key and whole(K['idempotency:'] .. key)
  if first then
    local first_id, first_print, duplicate = string.match(first, '^(%S+) (%x+)(.*)$')
    if first_id == id then
      return 1
    elseif first_id and #first_id <= LONGEST_ID then -- else it cannot be read, and is written anew
      return (first_print ~= fingerprint and '!' or duplicate ~= '' and '~' or '=') .. first_id
    end
  end
  local unique = string.match(how, ' [uw]=(%x+)')
  if unique and whole(K['unique:'] .. unique) == id then
    return 1
  end
  local holder = unique and unique_holder(unique, id)
  return holder and '~' .. holder, not first and holder
end

-- Remembers what was answered under an idempotency key, if there is one: the task that was kept, or (' ~') a duplicate's holder.
local function answer_once(how, id, duplicate)
  local key, fingerprint, ms = string.match(how, ' i=(%x+),(%x+),(%d+)')
  if key then
    redis.call('SET', K['idempotency:'] .. key, id .. ' ' .. fingerprint .. duplicate, 'PX', ms)
  end
end

local function hold_keys(id, how)
  answer_once(how, id, '')
  local unique, window = string.match(how, ' w=(%x+),(%d+)')
  if unique then
    redis.call('SET', K['unique:'] .. unique, id, 'PX', window)
  else
    unique = string.match(how, ' u=(%x+)')
    if unique then
      redis.call('SET', K['unique:'] .. unique, id)
    end
  end
end

for i = 2, #ARGV, 3 do
  local id, how = ARGV[i], ARGV[i + 1]
  local list, due, taken, holder = LIST[how], nil, nil, nil
  local priority = how
  if not list then
    taken, holder = conflict(id, how)
    if taken and redis.call('EXISTS', prefix .. id) == 1 then
      taken = nil -- kept before: whatever came after it does not stand in its way
    end
    due = due_ms(how, now)
    priority = string.sub(how, 1, 1)
    list = LIST[priority]
  end
  if taken then
    if holder then
      answer_once(how, holder, ' ~')
    end
    kept[#kept + 1] = taken
  elseif room > 0 then
    if redis.call('SET', prefix .. id, head .. priority .. submitted .. ARGV[i + 2], 'NX') then
      if priority ~= how then
        hold_keys(id, how)
      end
      if due then
        later[#later + 1] = due
        later[#later + 1] = id
      else
        local ids = by_list[list]
        ids[#ids + 1] = id
      end
      room = room - 1
    end
    kept[#kept + 1] = 1
  else
    kept[#kept + 1] = redis.call('EXISTS', prefix .. id)
  end
end
local any = false
for i, ids in ipairs(by_list) do
  if #ids > 0 then
    redis.call('LPUSH', ready(i), unpack(ids))
    any = true
  end
end
if any then
  wake()
end
if #later > 0 then
  schedule(later)
end
return kept
