-- Takes or renews the lease on a consumer name.
-- KEYS  lease
-- ARGV  this process, ttl in ms, process whose lease may be taken over ('' for none)
-- Reply '' when the lease is this process's now, else the value of who holds it.
-- Keeps: one live process has a name.
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] or holder == ARGV[3] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ''
end
return holder
