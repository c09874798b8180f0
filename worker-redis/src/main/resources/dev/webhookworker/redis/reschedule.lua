--#include holder.lua
--#include frame.lua
--#include mark.lua
-- Moves events to the retry set, or gives them a new time there.
-- KEYS  stream, retry set, retry data, meta, open dead letters, taken, places with parked events (the
--       index of a place has its name after it), then each event's mark (any other of these keys
--       where it has none)
-- ARGV  group, consumer, then of each event nine: entry id, source S/R, counter or token of the
--       lease, fencing token, frame, delay in ms, owner of the mark ('' for none), mark's ttl in ms,
--       place where it is parked ('' for none)
-- Reply of each event 1 when it waits there, 0 when another run has it or has ended it.
-- Keeps: an entry is acknowledged only together with its being scheduled; a repeated call whose
--        first reply was lost leaves one; the token is larger than those of all earlier runs; what
--        nobody held is stored nowhere before the store was asked again.
local stream, retry, data, meta, open, taken, places = unpack(KEYS, 1, 7)
local group, consumer = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = generation_of(meta)
local replies, frames, times, acknowledged, unparked = {}, {}, {}, {}, {}

-- A group that was made again brought the entry with a larger token than this run began with.
local function newest_token(source, count, token)
  local current = generation * GENERATION + tonumber(count)
  if source == 'S' and current > tonumber(token) then
    return string.format('%.0f', current)
  end
  return token
end

local function waits_by_this_run(id, token, newest)
  local base = redis.call('HGET', data, id .. '#base')
  return base and (base == token or base == newest) and redis.call('ZSCORE', retry, id)
    and not pending_of(stream, group, id)
end

-- The oldest are woken first, however often they were parked.
local function park(id, place)
  redis.call('ZADD', places .. ':' .. place, string.match(id, '^%d+'), id)
  redis.call('SADD', places, place)
end

for n = 1, #KEYS - 7 do
  local at = 9 * n - 6
  local id, source, count, token, frame = unpack(ARGV, at, at + 4)
  local owner, ttl, mark = ARGV[at + 6], ARGV[at + 7], KEYS[7 + n]
  local newest = newest_token(source, count, token)
  local has = holder(
    stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if has == 'another' or has == 'ended' then
    replies[n] = waits_by_this_run(id, token, newest) and 1 or 0
    drop_mark_of_dead_letter(open, retry, id, mark, owner)
  else
    replies[n] = 1
    local f = #frames
    frames[f + 1], frames[f + 2] = id, has == 'nobody' and doubted(frame) or frame
    frames[f + 3], frames[f + 4] = id .. '#token', newest
    frames[f + 5], frames[f + 6] = id .. '#base', newest
    times[#times + 1] = now + tonumber(ARGV[at + 5])
    times[#times + 1] = id
    if ARGV[at + 8] ~= '' then
      frames[f + 7], frames[f + 8] = id .. '#parked', ARGV[at + 8]
      park(id, ARGV[at + 8])
    elseif source == 'R' then
      unparked[#unparked + 1] = id .. '#parked'
    end
    if source == 'S' and has == 'mine' then
      acknowledged[#acknowledged + 1] = id
    end
    if owner ~= '' then
      local known = redis.pcall('GET', mark)
      if known == owner then
        redis.call('PEXPIRE', mark, ttl)
      elseif not known and has == 'nobody' then
        redis.call('SET', mark, owner, 'PX', ttl)
      end
    end
  end
end
if #frames > 0 then
  redis.call('HSET', data, unpack(frames))
  redis.call('ZADD', retry, unpack(times))
end
if #unparked > 0 then
  redis.call('HDEL', data, unpack(unparked))
end
if #acknowledged > 0 then
  redis.call('XACK', stream, group, unpack(acknowledged))
end
return replies
