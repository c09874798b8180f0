-- Notes that a request to a destination failed.
-- KEYS  destination
-- ARGV  ms after which that is forgotten without a further failure
-- Reply ms since the first failure without a success after it.
-- Keeps: what is disabled is not forgotten.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSETNX', KEYS[1], 'failing_since', string.format('%.0f', now))
if redis.call('HEXISTS', KEYS[1], 'disabled_at') == 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return now - (tonumber(redis.call('HGET', KEYS[1], 'failing_since')) or now)
