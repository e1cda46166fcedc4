-- count.lua  Counts what stands where, and shows for how long the task at the front of each priority has been ready.
-- include: record, index, counts
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record that hold all but the payload
-- Returns how many are ready by priority, scheduled, running, completed, dead, expired and cancelled; then of high, medium and
-- low for how long the one that has been ready longest, of those at the front of a queue, has been ready, in ms: since it was
-- submitted, was due, or was last tried, whichever was last; -1 if there is none in the first 100 queues of the turns.
local answer, now = task_counts(), now_us()
for _, priority in ipairs(PRIORITIES) do
  answer[#answer + 1] = waited(oldest_front(priority, tonumber(ARGV[1]), ready_since), now)
end
return answer
