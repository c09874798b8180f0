-- What the queue knows of the owners of marks.
-- KEYS  stream, retry set, open dead letters, then marks
-- ARGV  group
-- Reply for each mark {owner, held 0/1}; of one that is gone {}. Held: not yet delivered, pending, a
--       retry, or an open dead letter.
-- Keeps: read-only.
local last
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do
    group[flat[i]] = flat[i + 1]
  end
  if group['name'] == ARGV[1] then
    last = group['last-delivered-id']
  end
end
if not last then
  return redis.error_reply('NOGROUP the stream has no group of that name')
end
local lastMs, lastSeq = string.match(last, '^(%d+)%-(%d+)$')
lastMs, lastSeq = tonumber(lastMs), tonumber(lastSeq)
local traces = {}
for i = 4, #KEYS do
  local owner = redis.pcall('GET', KEYS[i])
  if type(owner) == 'table' then
    owner = nil
  end
  local id, ms, seq = string.match(owner or '', '^((%d+)%-(%d+)):')
  if not id then
    traces[i - 3] = {}
  else
    ms, seq = tonumber(ms), tonumber(seq)
    local held = ms > lastMs or (ms == lastMs and seq > lastSeq)
      or redis.call('ZSCORE', KEYS[2], id)
      or redis.call('HEXISTS', KEYS[3], id) == 1
      or #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) > 0
    traces[i - 3] = {owner, held and 1 or 0}
  end
end
return traces
