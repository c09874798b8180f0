-- Forgets what is kept of one event beside its stream entry.
-- KEYS  stream, retry set, retry data, DLQ stream, open dead letters, mark
-- ARGV  group, entry id, '1' when it has a mark
-- Reply {1 when it was a dead letter or a retry, 1 when its mark was there}
-- Keeps: a mark goes only if it is this entry's and the entry is not pending.
local id = ARGV[2]
local known = redis.call('ZREM', KEYS[2], id)
redis.call('HDEL', KEYS[3], id, id .. '#token', id .. '#base', id .. '#parked')
local dead = redis.call('HGET', KEYS[5], id)
if dead then
  redis.pcall('XDEL', KEYS[4], dead)
  redis.call('HDEL', KEYS[5], id)
  known = 1
end
if ARGV[3] ~= '1' then
  return {known, 0}
end
local owner = redis.pcall('GET', KEYS[6])
if type(owner) ~= 'string' or string.sub(owner, 1, #id + 1) ~= id .. ':' then
  return {known, 0}
end
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], id, id, 1)
if not pending.err and #pending > 0 then
  return {known, 0}
end
return {known, redis.call('DEL', KEYS[6])}
