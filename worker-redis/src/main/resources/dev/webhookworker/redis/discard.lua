-- Removes open dead letters.
-- KEYS  retry set, DLQ stream, open dead letters, discarded
-- ARGV  entry ids
-- Reply for each 'none' | 'open' | 'retrying': where it stood; it is removed where it was open.
-- Keeps: what waits for a retry stays; whoever finds a trace of it later can tell that it was
--        discarded and not lost.
local states = {}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, id in ipairs(ARGV) do
  local position = redis.call('HGET', KEYS[3], id)
  if redis.call('ZSCORE', KEYS[1], id) then
    states[i] = position and 'retrying' or 'none'
  else
    if position then
      redis.pcall('XDEL', KEYS[2], position)
      redis.call('HDEL', KEYS[3], id)
    end
    redis.call('ZADD', KEYS[4], now, id)
    states[i] = position and 'open' or 'none'
  end
end
return states
