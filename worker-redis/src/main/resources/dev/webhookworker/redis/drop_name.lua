-- Gives up the lease on a consumer name.
-- KEYS  lease
-- ARGV  this process
-- Reply 1 when it was this process's.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
