-- queue-show.lua  Shows queues: what stands in each, what may not start and why, and what is set for it.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1..] names, 500 at the most; '*' alone for what is set by pattern
-- Returns for each a list: its name, how many of its tasks are ready in high, medium and low, how many run, when the first
-- submitted of those at the front was submitted (us in hex, '' for none), why none may start, until when, the limit and the note
-- as explain.lua answers them; then of what sets something for it, the most specific first, in turns: name or pattern, settings
-- as words, and note.
local answer = {}

local function add_sources(shown, texts)
  for _, text in ipairs(texts) do
    shown[#shown + 1] = short(text.source)
    shown[#shown + 1] = string.sub(text.words, 1, LONGEST_NOTE)
    shown[#shown + 1] = string.sub(text.note or '', 1, LONGEST_NOTE)
  end
end

for _, queue in ipairs(ARGV) do
  local shown = { queue }
  if queue == '*' then
    add_sources(shown, patterns())
  else
    local oldest = ''
    for _, priority in ipairs(PRIORITIES) do
      local key = ready(priority, queue)
      local stale = tonumber(redis.call('HGET', K.stale, priority .. ':' .. queue) or '0') or 0
      shown[#shown + 1] = math.max(0, length_of(key) - stale)
      for _, id in ipairs(redis.call('LRANGE', key, -1, -1)) do
        local submitted = part(K['task:'] .. id, SUBMITTED, TYPE - 1)
        oldest = submitted ~= '' and (oldest == '' or submitted < oldest) and submitted or oldest
      end
    end
    local limits = limits_of(queue)
    shown[#shown + 1] = tonumber(redis.call('HGET', K.occupied, queue) or '0') or 0
    shown[#shown + 1] = oldest
    for _, item in ipairs({ block_of(queue, limits) }) do
      shown[#shown + 1] = item
    end
    add_sources(shown, limits.texts or {})
  end
  answer[#answer + 1] = shown
end
return answer
