-- Puts open dead letters back into the retry schedule, due at once.
-- KEYS  retry set, retry data, open dead letters, then each event's mark
-- ARGV  mark's ttl in ms, then of each event: entry id, its position in the DLQ stream, frame, token
--       of the run that buried it, owner of the mark ('' for none)
-- Reply of each event 'done' | 'retrying' | 'missing' | 'changed'
-- Keeps: the dead letter stays open; a mark is set only where there is none; later tokens are larger.
local retry, data, open = unpack(KEYS, 1, 3)
local ttl = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function reinject(mark, id, position, frame, token, owner)
  local dead = redis.call('HGET', open, id)
  if not dead then
    return 'missing'
  end
  if redis.call('ZSCORE', retry, id) then
    return 'retrying'
  end
  if dead ~= position then
    return 'changed'
  end
  redis.call('HSET', data, id, frame, id .. '#token', token, id .. '#base', token)
  redis.call('ZADD', retry, now, id)
  if owner ~= '' then
    redis.call('SET', mark, owner, 'NX', 'PX', ttl)
  end
  return 'done'
end

local replies = {}
for n = 1, #KEYS - 3 do
  local at = 5 * n - 3
  replies[n] = reinject(KEYS[3 + n], unpack(ARGV, at, at + 4))
end
return replies
