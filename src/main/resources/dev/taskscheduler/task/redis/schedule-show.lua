-- schedule-show.lua  Shows schedules. Through any node.
-- include: record, index, transition, schedule
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1..] names, 50 at the most
-- Returns the time in us, then for each that there is, as a list: name, generation, settings, task, json, created, next, fire,
-- paused, note, fault, remaining, waits, group, what waits for the end of a run as words, and the runs that have not ended as
-- words; '' for what it has not.
local FIELDS = { 'settings', 'task', 'json', 'created', 'next', 'fire', 'paused', 'note', 'fault', 'remaining', 'waits', 'group' }
local answer = { string.format('%.0f', now_us()) }
for _, name in ipairs(ARGV) do
  local s = fields_of(name, 'runs', 'buffer', unpack(FIELDS))
  if s and s.settings and s.task and s.json then
    local shown = { name, s.generation }
    for _, field in ipairs(FIELDS) do
      shown[#shown + 1] = s[field] or ''
    end
    shown[#shown + 1] = table.concat(words_of(s.buffer), ' ')
    shown[#shown + 1] = table.concat(open_runs(words_of(s.runs)), ' ')
    answer[#answer + 1] = shown
  end
end
return answer
