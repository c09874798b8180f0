-- Ends a run at its resource.
-- KEYS  turns of the resource
-- ARGV  'done', 'put_off' (it will run again) or 'given_up', version, entry id, fencing token,
--       ms: how long a version that is done is remembered, or older ones wait for one put off
-- Reply 1
-- Keeps: the version that is done never becomes older; only its own run and wait end.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local how, version, entry, token, ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local known = redis.call(
  'HMGET', KEYS[1], 'done', 'run_entry', 'run_token', 'wait_entry', 'wait_version', 'wait_until')
if known[2] == entry and known[3] == token then
  redis.call('HDEL', KEYS[1], 'run_entry', 'run_token', 'run_until')
end
if how == 'put_off' then
  local other = known[4] and known[4] ~= entry and tonumber(known[6]) > now
  if not other or version >= known[5] then
    redis.call(
      'HSET', KEYS[1], 'wait_entry', entry, 'wait_version', version,
      'wait_until', string.format('%.0f', now + ms))
  end
elseif known[4] == entry then
  redis.call('HDEL', KEYS[1], 'wait_entry', 'wait_version', 'wait_until')
end
if how == 'done' and (not known[1] or version >= known[1]) then
  redis.call('HSET', KEYS[1], 'done', version)
end
if how ~= 'given_up' and redis.call('PTTL', KEYS[1]) < ms then
  redis.call('PEXPIRE', KEYS[1], ms)
end
return 1
