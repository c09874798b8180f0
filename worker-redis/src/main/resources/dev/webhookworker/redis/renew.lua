--#include holder.lua
-- Renews leases; touches only what is still this run's.
-- KEYS  stream, retry set, retry data, meta, open dead letters, taken
-- ARGV  group, consumer, lease of retries in ms, then of each lease four: entry id, source S/R,
--       counter or token, fencing token
-- Reply the numbers (from 1) of the leases whose event another run has, or has ended.
-- Keeps: nothing is taken back from who took it over; what nobody holds is not lost; renewing needs
--        no memory.
local stream, retry, data, meta, open, taken = unpack(KEYS)
local group, consumer = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
-- A server at maxmemory refuses a script at a first write that may need memory. This one needs none.
redis.call('HDEL', data, '')
for i = 4, #ARGV, 4 do
  local id, source, count, token = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local has = holder(
    stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if has == 'another' or has == 'ended' then
    lost[#lost + 1] = i / 4
  elseif has == 'mine' and source == 'S' then
    redis.call('XCLAIM', stream, group, consumer, 0, id, 'JUSTID')
  elseif has == 'mine' then
    redis.call('ZADD', retry, 'XX', now + tonumber(ARGV[3]), id)
  end
end
return lost
