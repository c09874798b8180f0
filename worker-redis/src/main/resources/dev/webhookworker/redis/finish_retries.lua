-- Removes retries that are done, and the dead letters that they were. Needs no check of the lease: the
-- event is done.
-- KEYS  retry set, retry data, DLQ stream, open dead letters
-- ARGV  entry ids
-- Reply how many were there.
-- Keeps: a dead letter leaves the DLQ stream only together with its retry.
local removed = redis.call('ZREM', KEYS[1], unpack(ARGV))
local data = {}
for _, id in ipairs(ARGV) do
  data[#data + 1] = id
  data[#data + 1] = id .. '#token'
  data[#data + 1] = id .. '#base'
end
redis.call('HDEL', KEYS[2], unpack(data))
local dead = redis.call('HMGET', KEYS[4], unpack(ARGV))
for n, id in ipairs(ARGV) do
  if dead[n] then
    redis.call('XDEL', KEYS[3], dead[n])
    redis.call('HDEL', KEYS[4], id)
  end
end
return removed
