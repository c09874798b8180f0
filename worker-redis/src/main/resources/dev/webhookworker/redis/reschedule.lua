--#include owned.lua
-- Moves events to the retry set, or gives them a new time there.
-- KEYS  stream, retry set, retry data, meta, then each event's mark
-- ARGV  group, consumer, then of each event eight: entry id, source S/R, counter or token of the
--       lease, frame, delay in ms, token of the run, owner of the mark ('' for none), mark's ttl in ms
-- Reply of each event 1 when it waits there, 0 when the lease was lost.
-- Keeps: an entry is acknowledged only together with its being scheduled; a repeated call whose
--        first reply was lost leaves one.
local stream, retry, data, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, consumer = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local replies, frames, times, acknowledged = {}, {}, {}, {}
for n = 1, #KEYS - 4 do
  local at = 8 * n - 5
  local id, source, count, token = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 5]
  local lease = owned(stream, retry, data, meta, group, consumer, id, source, count)
  if lease == 'lost' then
    local waits = source == 'S' and redis.call('ZSCORE', retry, id)
      and redis.call('HGET', data, id .. '#base') == token
      and #redis.call('XPENDING', stream, group, id, id, 1) == 0
    replies[n] = waits and 1 or 0
  else
    replies[n] = 1
    local f = #frames
    frames[f + 1], frames[f + 2] = id, ARGV[at + 3]
    frames[f + 3], frames[f + 4] = id .. '#token', token
    frames[f + 5], frames[f + 6] = id .. '#base', token
    times[#times + 1] = now + tonumber(ARGV[at + 4])
    times[#times + 1] = id
    if source == 'S' and lease == 'held' then
      acknowledged[#acknowledged + 1] = id
    end
    local owner = ARGV[at + 6]
    if owner ~= '' and redis.pcall('GET', KEYS[4 + n]) == owner then
      redis.call('PEXPIRE', KEYS[4 + n], ARGV[at + 7])
    end
  end
end
if #frames > 0 then
  redis.call('HSET', data, unpack(frames))
  redis.call('ZADD', retry, unpack(times))
end
if #acknowledged > 0 then
  redis.call('XACK', stream, group, unpack(acknowledged))
end
return replies
