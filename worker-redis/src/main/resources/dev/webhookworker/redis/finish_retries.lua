-- Removes retries that are done, and the dead letters that they were. Needs no check of the lease: the
-- event is done.
-- KEYS  retry set, retry data, DLQ stream, open dead letters
-- ARGV  entry ids
-- Reply how many were there.
-- Keeps: a dead letter leaves the DLQ stream only together with its retry.
local removed = 0
for _, id in ipairs(ARGV) do
  removed = removed + redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id, id .. '#token', id .. '#base')
  local dead = redis.call('HGET', KEYS[4], id)
  if dead then
    redis.call('XDEL', KEYS[3], dead)
    redis.call('HDEL', KEYS[4], id)
  end
end
return removed
