-- Ends a run at its resource.
-- KEYS  turns of the resource
-- ARGV  'done', 'put_off' (it will run again) or 'given_up', version, entry id, fencing token,
--       ms: how long a version that is done is remembered, or older ones wait for one put off
-- Reply 1
-- Keeps: the version that is done never becomes older; only its own run and wait end; of a run after
--        which a newer one of its entry began or ended, or a newer version was done, nothing but its
--        success is noted.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local how, version, entry, token, ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local known = redis.call(
  'HMGET', KEYS[1], 'done', 'run_entry', 'run_token', 'wait_entry', 'wait_version', 'wait_until',
  'ended_entry', 'ended_token', 'done_entry', 'done_token')

local function is_newer(other_entry, other_token)
  return other_entry == entry and (tonumber(other_token or '') or 0) > tonumber(token)
end

local late = is_newer(known[2], known[3]) or is_newer(known[7], known[8])
  or is_newer(known[9], known[10]) or (known[1] and version < known[1])
if not late and redis.call('PTTL', KEYS[1]) > 0 then
  redis.call('HSET', KEYS[1], 'ended_entry', entry, 'ended_token', token)
end
if known[2] == entry and known[3] == token then
  redis.call('HDEL', KEYS[1], 'run_entry', 'run_token', 'run_until')
end
if late and how ~= 'done' then
  return 1
end
if how == 'put_off' then
  local other = known[4] and known[4] ~= entry and known[5]
    and (tonumber(known[6] or '') or 0) > now
  if not other or version >= known[5] then
    redis.call(
      'HSET', KEYS[1], 'wait_entry', entry, 'wait_version', version,
      'wait_until', string.format('%.0f', now + ms))
  end
elseif known[4] == entry and not late then
  redis.call('HDEL', KEYS[1], 'wait_entry', 'wait_version', 'wait_until')
end
if how == 'done' and (not known[1] or version >= known[1]) then
  redis.call('HSET', KEYS[1], 'done', version)
  if not late then
    redis.call('HSET', KEYS[1], 'done_entry', entry, 'done_token', token)
  end
end
if how ~= 'given_up' and redis.call('PTTL', KEYS[1]) < ms then
  redis.call('PEXPIRE', KEYS[1], ms)
end
return 1
