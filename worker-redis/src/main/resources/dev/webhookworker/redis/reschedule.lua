--#include owned.lua
-- Moves an event to the retry set, or gives it a new time there.
-- KEYS  stream, retry set, retry data, mark, meta
-- ARGV  group, consumer, entry id, source S/R, counter or token of the lease, frame, delay in ms,
--       token of the run, owner of the mark ('' for none), mark's ttl in ms
-- Reply 1 when the event waits there, 0 when the lease was lost.
-- Keeps: the entry is acknowledged only together with its being scheduled; a repeated call whose
--        first reply was lost leaves one.
local id = ARGV[3]
local lease = owned(KEYS[1], KEYS[2], KEYS[3], KEYS[5], ARGV[1], ARGV[2], id, ARGV[4], ARGV[5])
if lease == 'lost' then
  if ARGV[4] == 'S' and redis.call('ZSCORE', KEYS[2], id)
    and redis.call('HGET', KEYS[3], id .. '#base') == ARGV[8]
    and #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) == 0 then
    return 1
  end
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[3], id, ARGV[6], id .. '#token', ARGV[8], id .. '#base', ARGV[8])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[7]), id)
if ARGV[4] == 'S' and lease == 'held' then
  redis.call('XACK', KEYS[1], ARGV[1], id)
end
if ARGV[9] ~= '' then
  local owner = redis.call('GET', KEYS[4])
  if owner == ARGV[9] then
    redis.call('PEXPIRE', KEYS[4], ARGV[10])
  end
end
return 1
