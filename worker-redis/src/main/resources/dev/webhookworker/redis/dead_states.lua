-- Where dead letters stand.
-- KEYS  retry set, open dead letters, discarded
-- ARGV  entry ids
-- Reply for each 'none' | 'open' | 'retrying' | 'discarded'
-- Keeps: read-only.
local states = {}
for i, id in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[2], id) == 1 then
    states[i] = redis.call('ZSCORE', KEYS[1], id) and 'retrying' or 'open'
  else
    states[i] = redis.call('ZSCORE', KEYS[3], id) and 'discarded' or 'none'
  end
end
return states
