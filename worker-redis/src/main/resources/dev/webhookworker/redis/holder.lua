--#include ids.lua
--#include groups.lua
-- Included by every script that asks who holds the event of a lease. A lease is entry id, source S/R,
-- counter or token, and the fencing token of its run. The answer, by evidence:
--   'mine'     this run
--   'another'  another run: it is pending under another name or counter, is a retry with another
--              token, or is an open dead letter
--   'ended'    nobody any more: another run had it after this one, and it is gone from everywhere
--   'nobody'   the server has lost it, or will bring it again: the caller's copy is the only one
-- Only 'another' and 'ended' make an outcome void.
local GENERATION = 1048576

-- Evidence that a run's event was taken from it, under the fencing token of its successor.
local function evidence(id, token)
  return id .. '/' .. string.format('%.0f', token)
end

-- The entry has vanished from under its last taker: who had it before may have the last copy.
local function last_copies_count(taken, id, generation, count)
  for taker = math.max(1, count - 100), count do
    redis.call('ZREM', taken, evidence(id, generation * GENERATION + taker))
  end
end

local function generation_of(meta)
  return tonumber(redis.call('HGET', meta, 'generation') or '0')
end

-- The pending entry, nil when there is none. A missing group is no error here.
local function pending_of(stream, group, id)
  local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
  if pending.err then
    if string.find(pending.err, 'NOGROUP', 1, true) then
      return nil
    end
    error(pending.err, 0)
  end
  return pending[1]
end

-- Whether a group that was made after this run began has brought the entry again, and it was
-- acknowledged. What somebody trimmed before, or what was in a stream that is gone, was never brought.
local function delivered_again(stream, group, meta, id, token)
  local known = redis.call(
    'HMGET', meta, 'generation', 'made_from', 'floor', 'redelivered_from', 'redelivered_up_to')
  if math.floor(tonumber(token) / GENERATION) >= tonumber(known[1] or '0')
    or not known[2] or not after(id, known[2]) then
    return false
  end
  -- Only what was there when the group was made.
  if after(known[4] or '0-0', id) or after(id, known[5] or '0-0') then
    return false
  end
  local now = group_of(stream, group)
  if not now or after(id, now['last-delivered-id']) then
    return false
  end
  return #redis.call('XRANGE', stream, id, id) > 0 or not after(id, known[3] or '0-0')
end

local function holder(stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if source == 'R' then
    local newest = redis.call('HGET', data, id .. '#token')
    if newest then
      return newest == count and 'mine' or 'another'
    end
  end
  local pending = pending_of(stream, group, id)
  if pending then
    local own = source == 'S' and pending[2] == consumer and pending[4] == tonumber(count)
    return own and 'mine' or 'another'
  end
  if (source == 'S' and redis.call('ZSCORE', retry, id)) or redis.call('HEXISTS', open, id) == 1 then
    return 'another'
  end
  if redis.call('ZSCORE', taken, evidence(id, tonumber(token) + 1)) then
    return 'ended'
  end
  -- A retry's entry is acknowledged when a new group brings it: that ends nothing.
  if source == 'S' and delivered_again(stream, group, meta, id, token) then
    return 'ended'
  end
  return 'nobody'
end
