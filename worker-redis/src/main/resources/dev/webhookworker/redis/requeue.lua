-- Schedules an event that was lost as a retry that is due.
-- KEYS  stream, retry set, retry data, open dead letters, mark, meta, discarded
-- ARGV  group, entry id, owner of the mark, frame
-- Reply 1 when it is scheduled, 0 when its mark has changed or somebody has it.
-- Keeps: an event that is pending, a retry, a dead letter or discarded is never scheduled again; its
--        token is larger than what deliveries of this making of the group can have had (2^20 each).
local id = ARGV[2]
if redis.call('GET', KEYS[5]) ~= ARGV[3]
  or redis.call('ZSCORE', KEYS[2], id)
  or redis.call('HEXISTS', KEYS[4], id) == 1
  or redis.call('ZSCORE', KEYS[7], id)
  or #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) > 0 then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = tonumber(redis.call('HGET', KEYS[6], 'generation') or '0')
local token = string.format('%.0f', generation * 1048576 + 1000000)
redis.call('HSET', KEYS[3], id, ARGV[4], id .. '#token', token, id .. '#base', token)
redis.call('ZADD', KEYS[2], now, id)
return 1
