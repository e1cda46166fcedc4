-- observe.lua  Shows who holds the fence.
-- KEYS[1] hash  {ns}:leader  the fence
-- Returns epoch, nonce, node, elector, trustMs, beat, released ('1' or nil), since in ms; nil for
-- epoch or nonce where no fence stands.
local fence = redis.call('HMGET', KEYS[1],
  'epoch', 'nonce', 'node', 'elector', 'trustMs', 'beat', 'released', 'since')
for i, value in ipairs(fence) do
  fence[i] = value and string.sub(value, 1, 200) -- more than any of ours has
end
return fence
