-- Lets a run begin at its resource.
-- KEYS  turns of the resource
-- ARGV  version, entry id, fencing token, lease in ms
-- Reply 'taken', 'stale' (a newer version is done) or 'busy'
-- Keeps: one run at a time at a resource; none of an older version than one that is done, or than
--        one that will run again; a call that comes late, after a newer run of its entry began or this
--        one ended, begins nothing. Versions are digits of one length: the order of texts is theirs.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call(
  'HMGET', KEYS[1], 'done', 'run_entry', 'run_until', 'wait_entry', 'wait_version', 'wait_until',
  'run_token', 'ended_entry', 'ended_token', 'done_entry', 'done_token')
local version, entry, token, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if known[1] and version < known[1] then
  return 'stale'
end
local function has_ended(ended_entry, ended_token)
  return ended_entry == entry and (tonumber(ended_token or '') or 0) >= token
end

if (known[2] == entry and (tonumber(known[7] or '') or 0) > token)
  or has_ended(known[8], known[9]) or has_ended(known[10], known[11]) then
  return 'busy'
end
if known[2] and known[2] ~= entry and (tonumber(known[3] or '') or 0) > now then
  return 'busy'
end
if known[4] and known[4] ~= entry and known[5] and version < known[5]
  and (tonumber(known[6] or '') or 0) > now then
  return 'busy'
end
redis.call(
  'HSET', KEYS[1], 'run_entry', entry, 'run_token', ARGV[3],
  'run_until', string.format('%.0f', now + lease))
if redis.call('PTTL', KEYS[1]) < lease then
  redis.call('PEXPIRE', KEYS[1], lease)
end
return 'taken'
