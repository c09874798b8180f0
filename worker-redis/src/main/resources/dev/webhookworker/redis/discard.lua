-- Removes an open dead letter.
-- KEYS  retry set, DLQ stream, open dead letters
-- ARGV  entry id
-- Reply 'none' | 'open' | 'retrying': where it stood; it is removed where it was open.
-- Keeps: what is being retried stays.
local position = redis.call('HGET', KEYS[3], ARGV[1])
if not position then
  return 'none'
end
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 'retrying'
end
redis.call('XDEL', KEYS[2], position)
redis.call('HDEL', KEYS[3], ARGV[1])
return 'open'
