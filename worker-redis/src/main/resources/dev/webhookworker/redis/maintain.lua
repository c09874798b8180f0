--#include ids.lua
--#include groups.lua
-- Housekeeping, at most once per interval for all workers together.
-- KEYS  stream, meta, lock, taken, discarded
-- ARGV  group, consumer, interval in ms, retention in ms, idle ms after which an empty consumer goes,
--       how long evidence of take-overs and discards is kept in ms, most of each that is kept
-- Reply {trimmed, {deleted consumers}} or {} when another worker has just done it.
-- Keeps: no entry goes that any group still needs; an entry goes only below a floor that was saved;
--        nothing is written that needs memory before what frees some, so that a server at maxmemory
--        comes free.
local stream, meta, lock, taken, discarded = unpack(KEYS)
local holds = redis.call('GET', lock)
if holds then
  return {}
end

local function before(id)
  local ms, seq = parts(id)
  if seq > 0 then
    return string.format('%.0f-%.0f', ms, seq - 1)
  end
  return string.format('%.0f-18446744073709551615', math.max(0, ms - 1))
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A bounded part a round: what is older than it is kept, and the oldest beyond the most.
local function cut(evidence)
  local old = redis.call('ZCOUNT', evidence, '-inf', now - tonumber(ARGV[6]))
  local many = redis.call('ZCARD', evidence) - tonumber(ARGV[7])
  local gone = math.min(math.max(old, many), 10000)
  if gone > 0 then
    redis.call('ZREMRANGEBYRANK', evidence, 0, gone - 1)
  end
end
cut(taken)
cut(discarded)

local trimmed, deleted = 0, {}
local own = group_of(stream, ARGV[1])
if own then
  local keep = string.format('%.0f-0', now - tonumber(ARGV[4]))
  local floor
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = named(flat)
    local needed = group['last-delivered-id']
    if group['pending'] > 0 then
      needed = smaller(needed, before(redis.call('XPENDING', stream, group['name'])[2]))
    end
    if group['name'] == ARGV[1] then
      floor = needed
    end
    keep = smaller(keep, needed)
  end
  local saved = redis.call('HGET', meta, 'floor') or '0-0'
  trimmed = redis.call('XTRIM', stream, 'MINID', '~', smaller(keep, saved))
  for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', stream, ARGV[1])) do
    local consumer = named(flat)
    if consumer['pending'] == 0 and consumer['name'] ~= ARGV[2]
      and consumer['idle'] > tonumber(ARGV[5]) then
      redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], consumer['name'])
      deleted[#deleted + 1] = consumer['name']
    end
  end
  local info = named(redis.call('XINFO', 'STREAM', stream))
  local first = info['first-entry'] and info['first-entry'][1] or floor
  local noted = redis.pcall(
    'HSET', meta, 'floor', floor, 'first', first, 'added', info['entries-added'] or 0)
  if type(noted) == 'number' then
    trimmed = trimmed + redis.call('XTRIM', stream, 'MINID', '~', keep)
  end
end
-- A server that has no memory for the lock is kept house for more often.
redis.pcall('SET', lock, ARGV[2], 'PX', ARGV[3])
return {trimmed, deleted}
