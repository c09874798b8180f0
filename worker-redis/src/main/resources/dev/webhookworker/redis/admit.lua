-- Answers claims of idempotency marks, each in one atomic look at mark, group, retries, dead letters.
-- KEYS  stream, retry set, open dead letters, discarded, then each claim's mark
-- ARGV  group, ttl in ms, then of each claim four: owner '<entry id>:<hash>', entry id, hash, 'S' or
--       'R' (the source) to ask for an open dead letter of this very entry, '' not to
-- Reply of each claim {'fresh'} | {'dead'} | {'own', waiting for retry 0/1} |
--       {'other', owner, owner's entry id, in progress 0/1, same body 0/1}
-- Keeps: a mark is set only where there is none; a dead letter runs only as its own retry, and not
--        after it was discarded.
local stream, retry, open, discarded = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, ttl = ARGV[1], ARGV[2]

-- What stands for a key that is no mark; take_over.lua knows it too.
local NO_MARK = 'none'

local function in_progress(entry)
  if redis.call('ZSCORE', retry, entry) then
    return 1
  end
  local pending = redis.pcall('XPENDING', stream, group, entry, entry, 1)
  if not pending.err then
    return #pending > 0 and 1 or 0
  end
  if string.find(pending.err, 'NOGROUP', 1, true) then
    error(pending.err, 0)
  end
  return 0
end

local function admit(mark, claim, id, body, source)
  if source ~= ''
    and (redis.call('HEXISTS', open, id) == 1 or redis.call('ZSCORE', discarded, id))
    and not (source == 'R' and redis.call('ZSCORE', retry, id)) then
    return {'dead'}
  end
  local owner = redis.pcall('GET', mark)
  if type(owner) == 'table' then
    -- Somebody keeps something else under this name: no reason to hold up the rest.
    return {'other', NO_MARK, '0-0', 0, 0}
  end
  if not owner then
    redis.call('SET', mark, claim, 'PX', ttl)
    return {'fresh'}
  end
  local colon = string.find(owner, ':', 1, true)
  local entry = colon and string.sub(owner, 1, colon - 1) or owner
  if entry == id then
    return {'own', redis.call('ZSCORE', retry, entry) and 1 or 0}
  end
  local hash = colon and string.sub(owner, colon + 1) or ''
  return {'other', owner, entry, in_progress(entry), hash == body and 1 or 0}
end

local answers = {}
for n = 1, #KEYS - 4 do
  local at = 4 * n - 1
  answers[n] = admit(KEYS[4 + n], ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
end
return answers
