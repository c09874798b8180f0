--#include holder.lua
-- Makes entries that were not started claimable by others at once.
-- KEYS  as in renew.lua
-- ARGV  group, consumer, idle time in ms that makes an entry claimable, consumer that has what is
--       released, then of each lease four as in renew.lua
-- Reply the numbers (from 1) of the leases that nobody has.
-- Keeps: a delivery that was never run does not count as one; releasing needs no memory.
local stream, retry, data, meta, open, taken = unpack(KEYS)
local group, consumer = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local nobodys = {}
-- As in renew.lua.
redis.call('HDEL', data, '')
for i = 5, #ARGV, 4 do
  local id, source, count, token = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local has = holder(
    stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if has == 'mine' and source == 'S' then
    redis.call('XCLAIM', stream, group, ARGV[4], 0, id, 'IDLE', ARGV[3], 'RETRYCOUNT',
      tonumber(count) - 1, 'JUSTID')
    -- Whoever had it before this run may have the last copy again.
    redis.call('ZREM', taken, evidence(id, token))
  elseif has == 'mine' then
    redis.call('HINCRBY', data, id .. '#token', -1)
    redis.call('ZADD', retry, 'XX', now, id)
  elseif has == 'nobody' then
    nobodys[#nobodys + 1] = (i - 1) / 4
  end
end
return nobodys
