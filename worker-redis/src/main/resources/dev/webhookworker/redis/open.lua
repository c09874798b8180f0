-- Makes the stream and its group where they are missing.
-- KEYS  stream, meta
-- ARGV  group
-- Reply 1 when the group was made, 0 when it was there.
-- Keeps: a group is made from the persisted floor (everything after it may be unacknowledged),
--        never from '$'; its generation is larger than every earlier one's.
local floor = redis.call('HGET', KEYS[2], 'floor') or '0-0'
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], floor, 'MKSTREAM')
if type(made) == 'table' and made.err then
  if string.find(made.err, 'BUSYGROUP', 1, true) then
    return 0
  end
  return redis.error_reply(made.err)
end
local generation = tonumber(redis.call('HGET', KEYS[2], 'generation') or '0')
local time = redis.call('TIME')
local now = tonumber(time[1])
redis.call('HSET', KEYS[2], 'made_at', string.format('%.0f', now * 1000 + math.floor(time[2] / 1000)))
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then
    redis.call('HSET', KEYS[2], 'redelivered_up_to', info[i + 1])
  end
end
redis.call('HSET', KEYS[2], 'generation', string.format('%.0f', math.max(now, generation + 1)))
return 1
