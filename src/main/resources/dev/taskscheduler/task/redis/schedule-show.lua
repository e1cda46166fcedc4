-- schedule-show.lua  Shows schedules. Through any node.
-- include: record, index, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] whole, or head: without the task and its json, which may be long
-- ARGV[2..] names, 50 at the most
-- Returns the time in us, then for each that there is, as a list: name, generation, settings, task, json, created, next, fire,
-- paused, note, fault, remaining, waits, group, what waits for the end of a run as words, and the runs that have not ended as
-- words; '' for what it has not.
local FIELDS = { 'settings', 'task', 'json', 'created', 'next', 'fire', 'paused', 'note', 'fault', 'remaining', 'waits', 'group' }
local answer = { string.format('%.0f', now_us()) }
for i = 2, #ARGV do
  local name = ARGV[i]
  local s = fields_of(name, 'runs', 'buffer', unpack(FIELDS))
  if s and s.settings and s.task and s.json then
    local shown = { name, s.generation }
    for _, field in ipairs(FIELDS) do
      local is_long = field == 'task' or field == 'json'
      shown[#shown + 1] = not (is_long and ARGV[1] == 'head') and s[field] or ''
    end
    shown[#shown + 1] = table.concat(words_of(s.buffer), ' ')
    shown[#shown + 1] = table.concat(open_runs(words_of(s.runs)), ' ')
    answer[#answer + 1] = shown
  end
end
return answer
