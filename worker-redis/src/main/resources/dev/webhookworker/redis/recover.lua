--#include holder.lua
--#include fields.lua
-- Takes over entries whose consumer gave no sign of life for long enough.
-- KEYS  stream, meta, taken, lock of a look that found nothing
-- ARGV  group, consumer, least idle ms, most entries, suspect after, poison at, '1' for one suspect,
--       consumer that has what is released, how long nobody looks after a look that took nothing, ms,
--       largest entry in bytes, most bytes of the reply
-- Reply {suspects left, {vanished ids}, {{id, counter, fields, bytes of an entry that is too large or
--        0} ...}, 1 when there was more than a reply may have}
-- Keeps: a suspect (as many deliveries without outcome as 'suspect after', but not yet 'poison at')
--        is taken only by a call that asks for one; entries that are gone are cleared; a run from
--        which its event is taken can tell; the cost grows with what is taken over and not with what
--        is pending; no reply is larger than its reader can hold.
--
-- A look goes through what was released and what consumers left that are not seen any more. Of what
-- living ones have it goes through a part, so that it comes through all of it in one idle time. A
-- call for a suspect looks at everything: it comes only when there is one.
local stream, meta, taken, lock = unpack(KEYS)
local group, consumer, idle = ARGV[1], ARGV[2], tonumber(ARGV[3])
local most, suspect, poison = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local one_suspect, released, rest = ARGV[7] == '1', ARGV[8], tonumber(ARGV[9])
local largest, most_bytes = tonumber(ARGV[10]), tonumber(ARGV[11])
local PAGE, LEAST_PART, MOST_PART = 100, 1000, 10000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = generation_of(meta)
local suspects, vanished, recovered, seen, sent = 0, {}, {}, {}, 0

local function take(id, count)
  local found = redis.call('XRANGE', stream, id, id)
  if #found == 0 then
    redis.call('XACK', stream, group, id)
    last_copies_count(taken, id, generation, count)
    vanished[#vanished + 1] = id
    return
  end
  redis.call('XCLAIM', stream, group, consumer, idle, id, 'RETRYCOUNT', count + 1, 'JUSTID')
  redis.call('ZADD', taken, now, evidence(id, generation * GENERATION + count + 1))
  local fields, bytes, too_large = to_send(found[1][2], largest)
  sent = sent + bytes
  recovered[#recovered + 1] = {id, count + 1, fields, too_large}
end

-- False when enough was taken.
local function look(entry)
  local id, count = entry[1], entry[4]
  if entry[3] < idle or seen[id] then
    return true
  end
  seen[id] = true
  local alone = count >= suspect and count < poison
  if alone and not one_suspect then
    suspects = suspects + 1
  elseif alone or not one_suspect then
    take(id, count)
  end
  return #recovered < most and sent < most_bytes
end

-- Goes through the idle entries of one consumer, or of all ('').
local function look_at(holders_name)
  local from = '-'
  for page = 1, 50 do
    local pending
    if holders_name == '' then
      pending = redis.call('XPENDING', stream, group, 'IDLE', idle, from, '+', PAGE)
    else
      pending = redis.call('XPENDING', stream, group, 'IDLE', idle, from, '+', PAGE, holders_name)
    end
    for _, entry in ipairs(pending) do
      from = '(' .. entry[1]
      if not look(entry) then
        return false
      end
    end
    if #pending < PAGE then
      return true
    end
  end
  return true
end

-- Goes on where the last look ended.
local function look_at_a_part(pending_in_all)
  local part = math.max(LEAST_PART, math.ceil(pending_in_all * math.max(rest, 1) / idle))
  local left = math.min(part, MOST_PART, pending_in_all)
  local from = redis.call('HGET', meta, 'recovered_up_to') or '-'
  local wrapped = from == '-'
  while left > 0 do
    local asked = math.min(PAGE, left)
    local pending = redis.call('XPENDING', stream, group, from, '+', asked)
    for _, entry in ipairs(pending) do
      from = '(' .. entry[1]
      left = left - 1
      if not look(entry) then
        return
      end
    end
    if #pending < asked then
      if wrapped then
        from = '-'
        break
      end
      from, wrapped = '-', true
    end
  end
  -- Only a hint: a server without memory to note it begins at the front again.
  redis.pcall('HSET', meta, 'recovered_up_to', from)
end

local function look_at_all()
  if not look_at(released) then
    return
  end
  local pending_in_all = 0
  for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local other = named(flat)
    pending_in_all = pending_in_all + other['pending']
    if other['pending'] > 0 and other['idle'] >= idle and other['name'] ~= released
      and not look_at(other['name']) then
      return
    end
  end
  if pending_in_all > 0 then
    look_at_a_part(pending_in_all)
  end
end

if one_suspect then
  look_at('')
elseif redis.call('EXISTS', lock) == 0 then
  look_at_all()
  if #recovered == 0 and #vanished == 0 and rest > 0 then
    redis.pcall('SET', lock, consumer, 'PX', rest)
  end
end
return {suspects, vanished, recovered, sent >= most_bytes and 1 or 0}
