--#include holder.lua
--#include fields.lua
-- Takes pending entries of this consumer back.
-- KEYS  stream, meta, taken
-- ARGV  group, consumer, what to add to the delivery counter, largest entry in bytes, most bytes of
--       the reply, then pairs: entry id, its counter
-- Reply {{vanished ids}, {{id, counter, fields, bytes of an entry that is too large or 0} ...}, 1 when
--        there was more than a reply may have}
-- Keeps: only entries that are still this consumer's with that counter are touched; a run from which
--        its event is taken can tell; no reply is larger than its reader can hold.
local stream, meta, taken = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation, added = generation_of(meta), tonumber(ARGV[3])
local largest, most_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local vanished, claimed, sent, cut = {}, {}, 0, 0
for i = 6, #ARGV, 2 do
  local id = ARGV[i]
  if sent >= most_bytes then
    cut = 1
    break
  end
  local pending = redis.call('XPENDING', stream, ARGV[1], id, id, 1)
  if #pending > 0 and pending[1][2] == ARGV[2] and pending[1][4] == tonumber(ARGV[i + 1]) then
    local entry = redis.call('XRANGE', stream, id, id)
    if #entry == 0 then
      redis.call('XACK', stream, ARGV[1], id)
      last_copies_count(taken, id, generation, pending[1][4])
      vanished[#vanished + 1] = id
    else
      local count = pending[1][4] + added
      redis.call('XCLAIM', stream, ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count, 'JUSTID')
      if added > 0 then
        redis.call('ZADD', taken, now, evidence(id, generation * GENERATION + count))
      end
      local fields, bytes, too_large = to_send(entry[1][2], largest)
      sent = sent + bytes
      claimed[#claimed + 1] = {id, count, fields, too_large}
    end
  end
end
return {vanished, claimed, cut}
