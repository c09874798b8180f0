-- Notes which server this is.
-- KEYS  stream, meta
-- ARGV  identity of the server's run, '' when it can't be told
-- Reply the last entry that may have been settled without this server knowing, '0-0' for none.
-- Keeps: whoever meets another run of the server first, notes up to which entry it may have lost
--        something; the first run ever has lost nothing.
if ARGV[1] == '' then
  redis.call('HSETNX', KEYS[2], 'server', 'unknown')
end
local known = redis.call('HMGET', KEYS[2], 'server', 'doubted_up_to')
if known[1] == ARGV[1] or ARGV[1] == '' then
  return known[2] or '0-0'
end
local doubted = known[2] or '0-0'
if known[1] and redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      doubted = info[i + 1]
    end
  end
end
redis.call('HSET', KEYS[2], 'server', ARGV[1], 'doubted_up_to', doubted)
return doubted
