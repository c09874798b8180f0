-- Puts an open dead letter back into the retry schedule, due at once.
-- KEYS  retry set, retry data, mark, open dead letters
-- ARGV  entry id, its position in the DLQ stream, frame, token of the run that buried it, owner of the
--       mark ('' for none), mark's ttl in ms
-- Reply 'done' | 'retrying' | 'missing' | 'changed'
-- Keeps: the dead letter stays open; a mark is set only where there is none; later tokens are larger.
local id = ARGV[1]
local position = redis.call('HGET', KEYS[4], id)
if not position then
  return 'missing'
end
if redis.call('ZSCORE', KEYS[1], id) then
  return 'retrying'
end
if position ~= ARGV[2] then
  return 'changed'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], id, ARGV[3], id .. '#token', ARGV[4], id .. '#base', ARGV[4])
redis.call('ZADD', KEYS[1], now, id)
if ARGV[5] ~= '' then
  redis.call('SET', KEYS[3], ARGV[5], 'NX', 'PX', ARGV[6])
end
return 'done'
