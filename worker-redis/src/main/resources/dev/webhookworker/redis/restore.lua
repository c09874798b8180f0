-- Makes an event an open dead letter again that Redis has lost.
-- KEYS  DLQ stream, open dead letters, retry set, discarded
-- ARGV  entry id, then the fields of the DLQ entry
-- Reply its position in the DLQ stream, '' when the event waits in the retry schedule, nil when it was
--       discarded.
-- Keeps: an entry has one dead letter; discarded stays discarded.
local position = redis.call('HGET', KEYS[2], ARGV[1])
if position then
  return position
end
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then
  return ''
end
if redis.call('ZSCORE', KEYS[4], ARGV[1]) then
  return false
end
local fields = {}
for i = 2, #ARGV do
  fields[#fields + 1] = ARGV[i]
end
position = redis.call('XADD', KEYS[1], '*', unpack(fields))
redis.call('HSET', KEYS[2], ARGV[1], position)
return position
