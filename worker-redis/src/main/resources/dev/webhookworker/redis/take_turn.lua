-- Lets a run begin at its resource.
-- KEYS  turns of the resource
-- ARGV  version, entry id, fencing token, lease in ms
-- Reply 'taken', 'stale' (a newer version is done) or 'busy'
-- Keeps: one run at a time at a resource; none of an older version than one that is done, or than
--        one that will run again. Versions are digits of one length: the order of texts is theirs.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call(
  'HMGET', KEYS[1], 'done', 'run_entry', 'run_until', 'wait_entry', 'wait_version', 'wait_until')
local version, entry, lease = ARGV[1], ARGV[2], tonumber(ARGV[4])
if known[1] and version < known[1] then
  return 'stale'
end
if known[2] and known[2] ~= entry and tonumber(known[3]) > now then
  return 'busy'
end
if known[4] and known[4] ~= entry and version < known[5] and tonumber(known[6]) > now then
  return 'busy'
end
redis.call(
  'HSET', KEYS[1], 'run_entry', entry, 'run_token', ARGV[3],
  'run_until', string.format('%.0f', now + lease))
if redis.call('PTTL', KEYS[1]) < lease then
  redis.call('PEXPIRE', KEYS[1], lease)
end
return 'taken'
