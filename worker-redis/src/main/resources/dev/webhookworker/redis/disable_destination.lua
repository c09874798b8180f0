-- Disables a destination until somebody enables it.
-- KEYS  destination
-- Reply 1 when it was not disabled before.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HSETNX', KEYS[1], 'disabled_at', string.format('%.0f', now)) == 0 then
  return 0
end
redis.call('PERSIST', KEYS[1])
return 1
