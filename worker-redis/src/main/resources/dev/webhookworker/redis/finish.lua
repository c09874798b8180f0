--#include holder.lua
-- Ends events that need nothing more: retries, and entries that a plain XACK did not find or that may
-- be another's by now.
-- KEYS  stream, retry set, retry data, meta, open dead letters, taken, DLQ stream, then each event's
--       mark (any other of these keys where it has none)
-- ARGV  group, consumer, then of each event seven: entry id, source S/R, counter or token of the
--       lease, fencing token, '1' when the store has the event, '2' when it is to end only while the
--       queue has the event as a retry or a dead letter, else '0', owner of the mark ('' for none),
--       mark's ttl in ms
-- Reply of each event 1 when it has ended, 0 when another has it or has ended it.
-- Keeps: what the store has ends, whoever holds it, and who held it can tell; anything else ends only
--        where it is this run's or nobody's; a dead letter leaves only together with its retry; what
--        the store has has a mark, also when a dead letter had deleted it.
local stream, retry, data, meta, open, taken, dlq = unpack(KEYS, 1, 7)
local group, consumer = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function forget_dead_letter(id)
  local dead = redis.call('HGET', open, id)
  if dead then
    -- The index may hold what is no position.
    redis.pcall('XDEL', dlq, dead)
    redis.call('HDEL', open, id)
  end
end

local function forget_retry(id)
  redis.call('ZREM', retry, id)
  redis.call('HDEL', data, id, id .. '#token', id .. '#base', id .. '#parked')
end

-- Leaves evidence for those from whom it is taken: the token after theirs.
local function end_for_good(id, token)
  local pending = pending_of(stream, group, id)
  if pending then
    local theirs = generation_of(meta) * GENERATION + pending[4]
    redis.call('XACK', stream, group, id)
    if theirs ~= tonumber(token) then
      redis.call('ZADD', taken, now, evidence(id, theirs + 1))
    end
  end
  local retrying = redis.call('HGET', data, id .. '#token')
  if retrying then
    forget_retry(id)
    if retrying ~= token then
      redis.call('ZADD', taken, now, evidence(id, tonumber(retrying) + 1))
    end
  end
  forget_dead_letter(id)
  return 1
end

local function finish(mark, id, source, count, token, stored, owner, ttl)
  if stored == '1' then
    if owner ~= '' then
      -- A server without memory refuses it; ending the event is more.
      redis.pcall('SET', mark, owner, 'NX', 'PX', ttl)
    end
    return end_for_good(id, token)
  end
  if stored == '2' and not redis.call('ZSCORE', retry, id) and redis.call('HEXISTS', open, id) == 0 then
    return 0
  end
  local has = holder(
    stream, retry, data, meta, open, taken, group, consumer, id, source, count, token)
  if has == 'another' or has == 'ended' then
    return 0
  end
  if source == 'R' then
    forget_retry(id)
    forget_dead_letter(id)
  elseif has == 'mine' then
    redis.call('XACK', stream, group, id)
  end
  return 1
end

local replies = {}
for n = 1, #KEYS - 7 do
  local at = 7 * n - 4
  replies[n] = finish(KEYS[7 + n], unpack(ARGV, at, at + 6))
end
return replies
