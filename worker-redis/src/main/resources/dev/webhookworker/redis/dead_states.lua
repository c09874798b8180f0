-- Where dead letters stand.
-- KEYS  retry set, open dead letters
-- ARGV  entry ids
-- Reply for each 'none' | 'open' | 'retrying'
-- Keeps: read-only.
local states = {}
for i, id in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[2], id) == 0 then
    states[i] = 'none'
  else
    states[i] = redis.call('ZSCORE', KEYS[1], id) and 'retrying' or 'open'
  end
end
return states
