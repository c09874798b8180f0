-- Answers a claim of an idempotency mark in one atomic look at mark, group, retries, dead letters.
-- KEYS  stream, retry set, mark, open dead letters
-- ARGV  group, owner '<entry id>:<hash>', entry id, hash, ttl in ms, 'S' or 'R' (the source) to ask
--       for an open dead letter of this very entry, '' not to
-- Reply {'fresh'} | {'dead'} | {'own', waiting for retry 0/1} |
--       {'other', owner, owner's entry id, in progress 0/1, same body 0/1}
-- Keeps: a mark is set only where there is none; a dead letter runs only as its own retry.
if ARGV[6] ~= '' and redis.call('HEXISTS', KEYS[4], ARGV[3]) == 1
  and not (ARGV[6] == 'R' and redis.call('ZSCORE', KEYS[2], ARGV[3])) then
  return {'dead'}
end
local owner = redis.call('GET', KEYS[3])
if not owner then
  redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[5])
  return {'fresh'}
end
local colon = string.find(owner, ':', 1, true)
local entry = colon and string.sub(owner, 1, colon - 1) or owner
if entry == ARGV[3] then
  return {'own', redis.call('ZSCORE', KEYS[2], entry) and 1 or 0}
end
local progress = 0
if redis.call('ZSCORE', KEYS[2], entry) then
  progress = 1
else
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], entry, entry, 1)
  if pending.err then
    if string.find(pending.err, 'NOGROUP', 1, true) then
      return redis.error_reply(pending.err)
    end
  elseif #pending > 0 then
    progress = 1
  end
end
local hash = colon and string.sub(owner, colon + 1) or ''
return {'other', owner, entry, progress, hash == ARGV[4] and 1 or 0}
