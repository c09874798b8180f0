--#include line.lua
-- Leaves the line of an ordered destination and wakes those who are near the front now.
-- KEYS  line, asleep, left, stream, retry set, retry data
-- ARGV  group, entry id, how many places are near the front, how long the line is kept in ms
-- Reply how many were woken
-- Keeps: only a retry that waits is made due, never one that runs.
local line, asleep, left, stream, retry, data = unpack(KEYS)
local mine = padded(ARGV[2])
redis.call('ZREM', line, mine)
redis.call('ZREM', asleep, mine)
redis.call('ZADD', left, 0, mine)
redis.call('PEXPIRE', left, ARGV[4])
first(line, asleep, stream, ARGV[1], retry)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local woken = 0
for _, place in ipairs(redis.call('ZRANGE', line, 0, ARGV[3] - 1)) do
  local entry = plain(place)
  if entry and redis.call('ZSCORE', asleep, place) and waits(data, entry) then
    redis.call('ZADD', retry, 'XX', 'LT', now, entry)
    redis.call('ZREM', asleep, place)
    woken = woken + 1
  end
end
return woken
