-- How much waits.
-- KEYS  stream, retry set, DLQ stream
-- ARGV  group, how many entries are counted at most where the server reports no lag
-- Reply {lag, lag estimated 0/1, pending, due, waiting, dead letters, oldest ms or 0}
-- Keeps: read-only.
local function count(from, to, most)
  return #redis.call('XRANGE', KEYS[1], from, to, 'COUNT', most)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lag, estimated, pending, oldest = 0, 0, 0, 0
local most = tonumber(ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
  local length = redis.call('XLEN', KEYS[1])
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #flat, 2 do
      group[flat[i]] = flat[i + 1]
    end
    if group['name'] == ARGV[1] then
      pending = group['pending']
      local last = group['last-delivered-id']
      local reported = group['lag']
      local next = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)
      if #next == 0 then
        lag = 0
      elseif type(reported) == 'number' and reported >= most and reported <= length
        and (length > reported) == (count('-', last, 1) > 0) then
        -- Redis 7 reports too much after a trim of entries that were never read. A small lag is
        -- therefore counted; a large one is believed unless the rest of the stream contradicts it.
        lag = reported
      else
        lag = count('(' .. last, '+', most)
        if lag >= most then
          local done = count('-', last, most)
          if done < most then
            lag = length - done
          else
            lag, estimated = math.max(most, length - done), 1
          end
        end
      end
      local first = next[1] and next[1][1]
      if pending > 0 then
        first = redis.call('XPENDING', KEYS[1], ARGV[1])[2]
      end
      if first then
        oldest = now - tonumber(string.match(first, '^(%d+)'))
      end
    end
  end
end
local due = redis.call('ZCOUNT', KEYS[2], '-inf', now)
return {lag, estimated, pending, due, redis.call('ZCARD', KEYS[2]) - due,
  redis.call('XLEN', KEYS[3]), math.max(0, oldest)}
