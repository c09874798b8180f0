-- Removes open dead letters.
-- KEYS  retry set, DLQ stream, open dead letters
-- ARGV  entry ids
-- Reply for each 'none' | 'open' | 'retrying': where it stood; it is removed where it was open.
-- Keeps: what is being retried stays.
local states = {}
for i, id in ipairs(ARGV) do
  local position = redis.call('HGET', KEYS[3], id)
  if not position then
    states[i] = 'none'
  elseif redis.call('ZSCORE', KEYS[1], id) then
    states[i] = 'retrying'
  else
    redis.call('XDEL', KEYS[2], position)
    redis.call('HDEL', KEYS[3], id)
    states[i] = 'open'
  end
end
return states
