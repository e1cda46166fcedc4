-- submit-plain.lua  Keeps new tasks that ask for nothing but to run soon, all or none: in fewer steps what submit.lua does
-- with each.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] tasks that may be pending at the most
-- ARGV[2] how many are of high priority
-- ARGV[3] of medium
-- ARGV[4] of low
-- ARGV[5..] the ids, no two the same, in that order, then for each '<type><options>\n<payload>'
-- Returns 1 (all are kept), or 0 and has done nothing: one of them is there already, or too many are pending.
local all = ARGV[2] + ARGV[3] + ARGV[4]
if all > ARGV[1] - pending() then
  return 0
end
local prefix, submitted = K['task:'], hex(13, now_us())
local records, n, from, new = {}, 0, 5, batch()
for i, priority in ipairs(PRIORITIES) do
  local head = 'w' .. string.rep('0', PRIORITY - 1) .. LETTERS[priority] .. submitted
  for j = from, from + ARGV[1 + i] - 1 do
    local body = ARGV[j + all]
    records[n + 1] = prefix .. ARGV[j]
    records[n + 2] = head .. body
    n = n + 2
    put(new, priority, queue_of(body, 1), ARGV[j])
  end
  from = from + ARGV[1 + i]
end
if redis.call('MSETNX', unpack(records)) == 0 then
  return 0
end
push(new, 'LPUSH')
return 1
