-- Housekeeping, at most once per interval for all workers together.
-- KEYS  stream, meta, lock
-- ARGV  group, consumer, interval in ms, retention in ms, idle ms after which an empty consumer goes
-- Reply {trimmed, {deleted consumers}} or {} when another worker has just done it.
-- Keeps: no entry goes that any group still needs; the floor is saved before the trim.
if not redis.call('SET', KEYS[3], ARGV[2], 'NX', 'PX', ARGV[3]) then
  return {}
end
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(seq)
end
local function before(id)
  local ms, seq = parts(id)
  if seq > 0 then
    return string.format('%.0f-%.0f', ms, seq - 1)
  end
  return string.format('%.0f-18446744073709551615', math.max(0, ms - 1))
end
local function smaller(one, other)
  local ms1, seq1 = parts(one)
  local ms2, seq2 = parts(other)
  return (ms1 < ms2 or (ms1 == ms2 and seq1 < seq2)) and one or other
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0, {}}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local keep = string.format('%.0f-0', now - tonumber(ARGV[4]))
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do
    group[flat[i]] = flat[i + 1]
  end
  local floor = group['last-delivered-id']
  if group['pending'] > 0 then
    local oldest = redis.call('XPENDING', KEYS[1], group['name'])[2]
    floor = smaller(floor, before(oldest))
  end
  if group['name'] == ARGV[1] then
    redis.call('HSET', KEYS[2], 'floor', floor)
  end
  keep = smaller(keep, floor)
end
local deleted = {}
for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #flat, 2 do
    consumer[flat[i]] = flat[i + 1]
  end
  if consumer['pending'] == 0 and consumer['name'] ~= ARGV[2]
    and consumer['idle'] > tonumber(ARGV[5]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name'])
    deleted[#deleted + 1] = consumer['name']
  end
end
local trimmed = redis.call('XTRIM', KEYS[1], 'MINID', '~', keep)
return {trimmed, deleted}
