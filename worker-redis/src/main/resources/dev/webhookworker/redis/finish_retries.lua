-- Removes retries that are done. Needs no check of the lease: the event is done.
-- KEYS  retry set, retry data
-- ARGV  entry ids
-- Reply how many were there.
local removed = 0
for _, id in ipairs(ARGV) do
  removed = removed + redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id, id .. '#token', id .. '#base')
end
return removed
