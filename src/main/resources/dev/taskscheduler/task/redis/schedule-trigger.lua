-- schedule-trigger.lua  Fires a schedule out of turn: now, or for an instant that it missed. Through any node.
-- include: record, index, transition, schedule, runs
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] name
-- ARGV[2] the generation that was seen
-- ARGV[3] most pending tasks
-- ARGV[4] what happens while a run has not ended, in the words of schedule.lua; '' for what its settings say
-- ARGV[5] planned ms
-- ARGV[6] id of its task
-- ARGV[7] priority
-- ARGV[8] '<type><options>\n<payload>'
-- ARGV[9] the outcome that is noted where it fires: triggered or backfilled
-- Such fires do not count against those that it may make, but for one that has waited for the end of a run. An instant whose
-- task is there already fires nothing.
-- Returns 'again' if its generation is another by now, else the outcome: fired, buffered, skipped, full, or 'there'.
local name, now, new = ARGV[1], now_us(), batch()
local s = fields_of(name, 'overlap', 'runs', 'buffer')
if not s or s.generation ~= ARGV[2] then
  return 'again'
end
check_moves()
redis.call('ZCARD', K.due)
s.overlap = ARGV[4] ~= '' and ARGV[4] or s.overlap
local c = changing(name, s, new)
local outcome, adds = decide(c, ARGV[5], ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[3]) - pending())
if outcome == 'full' then
  return outcome
elseif outcome == 'fired' and adds == 0 then
  return 'there'
end
note_fire(c, ARGV[5], outcome == 'fired' and ARGV[9] or outcome, outcome == 'fired' and ARGV[6] or nil, 0)
write_tasks(c, now)
begin_writing(KEYS[1])
write_schedule(c, now)
if #c.buffer > 0 then
  redis.call('HSET', K['schedule:'] .. name, 'waits', '1')
end
push(new, 'LPUSH')
return outcome
