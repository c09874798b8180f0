-- Gives a mark to another entry if it still has the expected owner.
-- KEYS  mark
-- ARGV  expected owner, new owner, ttl in ms
-- Reply 1 when it was given.
local owner = redis.pcall('GET', KEYS[1])
-- As in admit.lua.
if type(owner) == 'table' then
  owner = 'none'
end
if owner == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
return 0
