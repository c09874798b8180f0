--#include holder.lua
--#include mark.lua
-- Makes events open dead letters.
-- KEYS  stream, retry set, retry data, meta, open dead letters (a hash: entry id -> id in the DLQ
--       stream), taken, DLQ stream, then each event's mark (any other of these keys where it has none)
-- ARGV  group, consumer, then of each event: entry id, source S/R, counter or token of the lease,
--       fencing token, owner of the mark ('' for none), how many arguments follow, the fields of the
--       DLQ entry
-- Reply of each event 1 when it is a dead letter by this run, 0 when another has it or has ended it.
-- Keeps: an entry is settled only together with its dead letter; an entry has one dead letter, and
--        one that was retried and failed again replaces its former self; the mark goes only if it is
--        this entry's.
local stream, retry, data, meta, open, taken, dlq = unpack(KEYS, 1, 7)
local group, consumer = ARGV[1], ARGV[2]

-- Whether the open dead letter is what an earlier call of this one made, whose reply was lost.
local function buried_by_this_run(id, token)
  local dead = redis.call('HGET', open, id)
  if not dead or redis.call('ZSCORE', retry, id) or pending_of(stream, group, id) then
    return false
  end
  local found = redis.pcall('XRANGE', dlq, dead, dead)
  local fields = found[1] and named(found[1][2])
  return fields and fields['dead_letter']
    and string.find(fields['dead_letter'], '"fencing_token":' .. token .. '%D') ~= nil
end

local function bury(mark, id, source, count, token, owner, first, last)
  local has = holder(
    stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if has == 'another' or has == 'ended' then
    drop_mark_of_dead_letter(open, retry, id, mark, owner)
    return buried_by_this_run(id, token) and 1 or 0
  end
  local dead = redis.call('HGET', open, id)
  if not dead or source == 'R' then
    if dead then
      -- The index may hold what is no position.
      redis.pcall('XDEL', dlq, dead)
    end
    redis.call('HSET', open, id, redis.call('XADD', dlq, '*', unpack(ARGV, first, last)))
  end
  if source == 'R' then
    redis.call('ZREM', retry, id)
    redis.call('HDEL', data, id, id .. '#token', id .. '#base', id .. '#parked')
  elseif has == 'mine' then
    redis.call('XACK', stream, group, id)
  end
  drop_mark(mark, owner)
  return 1
end

local replies, at = {}, 3
for n = 1, #KEYS - 7 do
  local first = at + 6
  local last = at + 5 + tonumber(ARGV[at + 5])
  replies[n] = bury(
    KEYS[7 + n], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], first, last)
  at = last + 1
end
return replies
