-- Included by scripts that settle. Whether this run still holds its lease:
-- 'held', 'gone' (nobody holds the entry and the stream will not bring it again: the caller's copy is
-- the only one left), or 'lost'. Older than the group and unknown to the stream it was made on: the
-- server has lost its data.
local function owned(stream, retry, data, meta, group, consumer, id, source, count)
  if source == 'R' then
    local token = redis.call('HGET', data, id .. '#token')
    if not token then
      return redis.call('EXISTS', stream) == 0 and 'gone' or 'lost'
    end
    return token == count and 'held' or 'lost'
  end
  local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
  if pending.err then
    if redis.call('EXISTS', stream) == 1 then
      return 'lost'
    end
    return 'gone'
  end
  if #pending > 0 then
    return pending[1][2] == consumer and pending[1][4] == tonumber(count) and 'held' or 'lost'
  end
  if redis.call('ZSCORE', retry, id) then
    return 'lost'
  end
  if #redis.call('XRANGE', stream, id, id) == 0 then
    local known = redis.call('HMGET', meta, 'made_at', 'redelivered_up_to')
    local made = tonumber(known[1] or '0')
    local ms, seq = string.match(id, '^(%d+)%-(%d+)$')
    local lastMs, lastSeq = string.match(known[2] or '0-0', '^(%d+)%-(%d+)$')
    ms, seq, lastMs, lastSeq = tonumber(ms), tonumber(seq), tonumber(lastMs), tonumber(lastSeq)
    if ms < made and (ms > lastMs or (ms == lastMs and seq > lastSeq)) then
      return 'gone'
    end
  end
  return 'lost'
end
