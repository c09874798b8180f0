-- Takes or renews the lease on a consumer name.
-- KEYS  lease
-- ARGV  this process, ttl in ms, process whose lease may be taken over ('' for none), '1' only to renew
-- Reply '' when the lease is this process's now, else the value of who holds it.
-- Keeps: one live process has a name; renewing needs no memory.
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return ''
end
if ARGV[4] ~= '1' and (not holder or holder == ARGV[3]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ''
end
return holder or 'nobody'
