-- observe.lua  Shows who holds the lease.
-- KEYS[1] hash  {ns}:leader  the lease
-- Returns epoch, nonce, node, elector, trustMs, renewals, released (why, or nil), since in ms; nil for
-- epoch or nonce where no lease stands.
local lease = redis.call('HMGET', KEYS[1],
  'epoch', 'nonce', 'node', 'elector', 'trustMs', 'renewals', 'released', 'since')
for i, value in ipairs(lease) do
  lease[i] = value and string.sub(value, 1, 200) -- more than any of ours has
end
return lease
