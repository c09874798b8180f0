--#include line.lua
-- Takes a place in the line of an ordered destination.
-- KEYS  line, asleep, left, stream, retry set, retry data
-- ARGV  group, entry id, how many entries are looked at at most, how long the line is kept in ms,
--       '1' when the event is put off now
-- Reply {places ahead, ms until the first of them runs again, {entries before this one that are in a
--        worker's hands and neither in line nor left}, 1 when there were too many to look at all}
-- Keeps: an event that is in hand or waits for a retry keeps its place, whoever asks.
local line, asleep, left, stream, retry, data = unpack(KEYS)
local group, id, most, kept = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local mine = padded(id)
redis.call('ZADD', line, 0, mine)
redis.call('ZREM', left, mine)
redis.call('PEXPIRE', line, kept)
if ARGV[5] == '1' then
  redis.call('ZADD', asleep, 0, mine)
  redis.call('PEXPIRE', asleep, kept)
else
  redis.call('ZREM', asleep, mine)
end

local head = first(line, asleep, stream, group, retry)
if head and head < mine then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local entry = plain(head)
  local due = tonumber(redis.call('ZSCORE', retry, entry) or '0')
  return {redis.call('ZRANK', line, mine), waits(data, entry) and math.max(0, due - now) or 0, {}, 0}
end

local others = {}
local pending = redis.call('XPENDING', stream, group, '-', '(' .. id, most + 1)
for n = 1, math.min(#pending, most) do
  if not redis.call('ZSCORE', left, padded(pending[n][1])) then
    others[#others + 1] = pending[n][1]
  end
end
redis.call('ZREMRANGEBYLEX', left, '-', '(' .. (pending[1] and padded(pending[1][1]) or mine))
return {0, 0, others, #pending > most and 1 or 0}
