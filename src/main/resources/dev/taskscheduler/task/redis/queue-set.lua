-- queue-set.lua  Changes the settings or the pause of a queue, or of all that match a pattern. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] name, or pattern ('<prefix>*')
-- ARGV[2] what to do: put, delete, pause or resume
-- ARGV[3] for put the settings, each ' <name>=<value>'; for pause the note, '' for none
-- ARGV[4] queues with settings at the most
-- ARGV[5] patterns with settings at the most
-- ARGV[6] paused queues and patterns at the most
-- A queue that is resumed while a less specific pattern is paused keeps that it is not.
-- Returns 'done', 'unknown' (nothing to delete), 'too_many_settings' or 'too_many_pauses'. Queues that were taken out of their
-- turns are let in again by queue-open.lua.
local name, action = ARGV[1], ARGV[2]
local is_pattern = string.sub(name, -1) == '*'
local hash, most = is_pattern and K.patterns or K.settings, tonumber(is_pattern and ARGV[5] or ARGV[4])
local current = redis.call('HGET', hash, name)
local words, note = string.match(current or '', '^([^\n]*)\n?(.*)$')
local paused = string.match(words, ' paused=(%d+)')
words = string.gsub(words, ' paused=%d+', '')

-- Whether a less specific pattern is paused.
local function is_paused_by_another()
  for _, pattern in ipairs(patterns()) do
    if pattern.source ~= name and string.sub(name, 1, #pattern.prefix) == pattern.prefix
      and (not is_pattern or #pattern.prefix < #name - 1) then
      local value = string.match(pattern.words, ' paused=(%d+)')
      if value then
        return value ~= '0'
      end
    end
  end
  return false
end

if action == 'delete' and not current then
  return 'unknown'
elseif action == 'put' then
  words = ARGV[3]
elseif action == 'delete' then
  words, paused, note = '', nil, ''
elseif action == 'resume' then
  paused, note = is_paused_by_another() and '0' or nil, ''
elseif action == 'pause' then
  if not paused or paused == '0' then
    local queues = redis.call('HLEN', K.paused)
    for what in pairs(PAUSABLE) do
      queues = queues - redis.call('HEXISTS', K.paused, what)
    end
    if queues >= tonumber(ARGV[6]) then
      return 'too_many_pauses'
    end
    paused = string.format('%.0f', math.floor(now_us() / 1000))
  end
  note = ARGV[3]
end
local text = words .. (paused and ' paused=' .. paused or '') .. (note ~= '' and '\n' .. note or '')
if text ~= '' and not current and redis.call('HLEN', hash) >= most then
  return 'too_many_settings'
end
begin_writing(KEYS[1])
if text == '' then
  redis.call('HDEL', hash, name)
else
  redis.call('HSET', hash, name, text)
end
if paused and paused ~= '0' then
  redis.call('HSET', K.paused, 'queue:' .. name, paused)
else
  redis.call('HDEL', K.paused, 'queue:' .. name)
end
return 'done'
