-- Makes entries that were not started claimable by others at once.
-- KEYS  stream, retry set, retry data
-- ARGV  group, consumer, idle time in ms that makes an entry claimable, then triples as in renew.lua
-- Reply how many were released.
-- Keeps: a delivery that was never run does not count as one.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local released = 0
for i = 4, #ARGV, 3 do
  local id, count = ARGV[i], ARGV[i + 2]
  if ARGV[i + 1] == 'S' then
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
    if #pending > 0 and pending[1][2] == ARGV[2] and pending[1][4] == tonumber(count) then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'IDLE', ARGV[3], 'RETRYCOUNT',
        tonumber(count) - 1, 'JUSTID')
      released = released + 1
    end
  elseif redis.call('HGET', KEYS[3], id .. '#token') == count then
    redis.call('HINCRBY', KEYS[3], id .. '#token', -1)
    redis.call('ZADD', KEYS[2], 'XX', now, id)
    released = released + 1
  end
end
return released
