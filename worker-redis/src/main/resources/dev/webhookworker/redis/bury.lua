--#include owned.lua
-- Makes events open dead letters.
-- KEYS  stream, retry set, retry data, meta, DLQ stream, open dead letters (a hash: entry id -> id
--       in the DLQ stream), then each event's mark
-- ARGV  group, consumer, then of each event: entry id, source S/R, counter or token of the lease,
--       owner of the mark ('' for none), how many arguments follow, the fields of the DLQ entry
-- Reply of each event 1 when it is a dead letter, 0 when the lease was lost.
-- Keeps: an entry is settled only together with its dead letter; an entry has one dead letter, and
--        one that was retried and failed again replaces its former self; the mark goes only if it is
--        this entry's.
local stream, retry, data, meta, dlq, open = unpack(KEYS, 1, 6)
local group, consumer = ARGV[1], ARGV[2]

local function bury(mark, id, source, count, owner, first, last)
  local lease = owned(stream, retry, data, meta, group, consumer, id, source, count)
  local dead = redis.call('HGET', open, id)
  if lease == 'lost' then
    if not dead or redis.call('ZSCORE', retry, id) then
      return 0
    end
    -- Whoever buried it before has deleted the mark; this run may have set it again.
  else
    if not dead or source == 'R' then
      if dead then
        redis.call('XDEL', dlq, dead)
      end
      redis.call('HSET', open, id, redis.call('XADD', dlq, '*', unpack(ARGV, first, last)))
    end
    if source == 'R' then
      redis.call('ZREM', retry, id)
      redis.call('HDEL', data, id, id .. '#token', id .. '#base')
    elseif lease == 'held' then
      redis.call('XACK', stream, group, id)
    end
  end
  if owner ~= '' and redis.pcall('GET', mark) == owner then
    redis.call('DEL', mark)
  end
  return 1
end

local replies, at = {}, 3
for n = 1, #KEYS - 6 do
  local first = at + 5
  local last = at + 4 + tonumber(ARGV[at + 4])
  replies[n] = bury(KEYS[6 + n], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], first, last)
  at = last + 1
end
return replies
