--#include owned.lua
-- Makes an event an open dead letter.
-- KEYS  stream, retry set, retry data, mark, DLQ stream, open dead letters (a hash: entry id -> id
--       in the DLQ stream), meta
-- ARGV  group, consumer, entry id, source S/R, counter or token of the lease, owner of the mark (''
--       for none), then the fields of the DLQ entry
-- Reply 1 when it is a dead letter, 0 when the lease was lost.
-- Keeps: the entry is settled only together with its dead letter; an entry has one dead letter, and
--        one that was retried and failed again replaces its former self; the mark goes only if it is
--        this entry's.
local id = ARGV[3]
local lease = owned(KEYS[1], KEYS[2], KEYS[3], KEYS[7], ARGV[1], ARGV[2], id, ARGV[4], ARGV[5])
local dead = redis.call('HGET', KEYS[6], id)
local function clear_mark()
  if ARGV[6] ~= '' and redis.call('GET', KEYS[4]) == ARGV[6] then
    redis.call('DEL', KEYS[4])
  end
end
if lease == 'lost' then
  if not dead or redis.call('ZSCORE', KEYS[2], id) then
    return 0
  end
  -- Whoever buried it before has deleted the mark; this run may have set it again.
  clear_mark()
  return 1
end
if not dead or ARGV[4] == 'R' then
  if dead then
    redis.call('XDEL', KEYS[5], dead)
  end
  local fields = {}
  for i = 7, #ARGV do
    fields[#fields + 1] = ARGV[i]
  end
  redis.call('HSET', KEYS[6], id, redis.call('XADD', KEYS[5], '*', unpack(fields)))
end
if ARGV[4] == 'R' then
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id, id .. '#token', id .. '#base')
elseif lease == 'held' then
  redis.call('XACK', KEYS[1], ARGV[1], id)
end
clear_mark()
return 1
