-- Included by scripts on the lines of ordered destinations. Places are entry ids padded with zeros, so
-- that their order as texts is that of the stream.
local function padded(entry)
  local ms, seq = string.match(entry, '^(%d+)%-(%d+)$')
  return string.rep('0', 20 - #ms) .. ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end

-- Nil for what is no place.
local function plain(place)
  local ms, seq = string.match(place, '^0*(%d+)%-0*(%d+)$')
  return ms and ms .. '-' .. seq
end

-- The first in line whose event will run, or runs; those before it are over, or no places at all, and
-- go.
local function first(line, asleep, stream, group, retry)
  local place = redis.call('ZRANGE', line, 0, 0)[1]
  while place do
    local entry = plain(place)
    if entry and (redis.call('ZSCORE', retry, entry)
      or #redis.call('XPENDING', stream, group, entry, entry, 1) > 0) then
      return place
    end
    redis.call('ZREM', line, place)
    redis.call('ZREM', asleep, place)
    place = redis.call('ZRANGE', line, 0, 0)[1]
  end
end

-- Whether the entry is a retry that waits; one that runs has a newer token.
local function waits(data, entry)
  local tokens = redis.call('HMGET', data, entry .. '#token', entry .. '#base')
  return tokens[1] and tokens[1] == tokens[2]
end
