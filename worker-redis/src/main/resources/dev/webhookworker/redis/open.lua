--#include ids.lua
--#include groups.lua
-- Makes the stream and its group where they are missing.
-- KEYS  stream, meta
-- ARGV  group
-- Reply 0 when the group was there, 1 when it was made, 2 when it was made on another stream than the
--       one that the saved floor is of.
-- Keeps: a group is made from the saved floor (everything after it may be unacknowledged), never from
--        '$'; a floor of another stream is not this one's; the generation is larger than every
--        earlier one's.
local stream, meta = KEYS[1], KEYS[2]
local known = redis.call('HMGET', meta, 'floor', 'generation', 'first', 'added')
local floor, reply, first, last = known[1] or '0-0', 1, '0-0', '0-0'

-- A stream grows at its end and is cut at its front: one that ends before the floor, begins before
-- what was its first entry, or had fewer entries in its life (Redis 7 counts them) was made anew, and
-- its entries were never delivered.
local function made_anew(info)
  local first = info['first-entry'] and info['first-entry'][1]
  return after(floor, info['last-generated-id'])
    or (known[3] and first and after(known[3], first))
    or (info['entries-added'] and info['entries-added'] < tonumber(known[4] or '0'))
end

if redis.call('EXISTS', stream) == 1 then
  local info = named(redis.call('XINFO', 'STREAM', stream))
  first = info['first-entry'] and info['first-entry'][1] or first
  last = info['last-generated-id']
  if known[1] and made_anew(info) then
    floor, reply = '0-0', 2
  end
else
  floor = '0-0'
end
local made = redis.pcall('XGROUP', 'CREATE', stream, ARGV[1], floor, 'MKSTREAM')
if type(made) == 'table' and made.err then
  if string.find(made.err, 'BUSYGROUP', 1, true) then
    return 0
  end
  return redis.error_reply(made.err)
end
local generation = tonumber(known[2] or '0')
local time = redis.call('TIME')
redis.call(
  'HSET', meta, 'made_from', floor, 'floor', floor, 'redelivered_from', first,
  'redelivered_up_to', last,
  'generation', string.format('%.0f', math.max(tonumber(time[1]), generation + 1)))
if known[2] then
  -- What an earlier group brought may have been processed.
  redis.call('HSET', meta, 'doubted_up_to', last)
end
redis.call('HDEL', meta, 'first', 'added', 'recovered_up_to')
return reply
