--#include ids.lua
-- How much waits.
-- KEYS  stream, retry set, DLQ stream
-- ARGV  group, how many entries are counted at most where the server reports no lag
-- Reply {lag, lag estimated 0/1, pending, due, waiting, dead letters, oldest ms or 0, entries in the
--       stream, another group that has not read what this one is done with or '', how much of that}
-- Keeps: read-only.
local function count(from, to, most)
  return #redis.call('XRANGE', KEYS[1], from, to, 'COUNT', most)
end
-- The id of a bound that may exclude it.
local function plain(bound)
  return (string.gsub(bound, '^%(', ''))
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lag, estimated, pending, oldest = 0, 0, 0, 0
local most = tonumber(ARGV[2])
local length, done_here, slowest, slowest_at = 0, nil, '', nil

-- The last entry that a group needs no more.
local function done_by(group)
  if group['pending'] > 0 then
    return '(' .. redis.call('XPENDING', KEYS[1], group['name'])[2]
  end
  return group['last-delivered-id']
end

if redis.call('EXISTS', KEYS[1]) == 1 then
  length = redis.call('XLEN', KEYS[1])
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #flat, 2 do
      group[flat[i]] = flat[i + 1]
    end
    local done = done_by(group)
    if group['name'] == ARGV[1] then
      done_here = done
    elseif not slowest_at or after(plain(slowest_at), plain(done)) then
      slowest, slowest_at = group['name'], done
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
local kept = 0
if slowest_at and done_here and after(plain(done_here), plain(slowest_at)) then
  -- Its own oldest pending entry is needed by it, the last delivered one is not.
  local from = string.sub(slowest_at, 1, 1) == '(' and plain(slowest_at) or '(' .. slowest_at
  kept = count(from, done_here, most)
end
if kept == 0 then
  slowest = ''
end
local due = redis.call('ZCOUNT', KEYS[2], '-inf', now)
return {lag, estimated, pending, due, redis.call('ZCARD', KEYS[2]) - due,
  redis.call('XLEN', KEYS[3]), math.max(0, oldest), length, slowest, kept}
