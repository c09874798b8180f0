-- Takes pending entries of this consumer back.
-- KEYS  stream
-- ARGV  group, consumer, what to add to the delivery counter, then pairs: entry id, its counter
-- Reply {{vanished ids}, {id, counter, fields} ...}
-- Keeps: only entries that are still this consumer's with that counter are touched.
local vanished, taken = {}, {}
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
  if #pending > 0 and pending[1][2] == ARGV[2] and pending[1][4] == tonumber(ARGV[i + 1]) then
    local entry = redis.call('XRANGE', KEYS[1], id, id)
    if #entry == 0 then
      redis.call('XACK', KEYS[1], ARGV[1], id)
      vanished[#vanished + 1] = id
    else
      local count = pending[1][4] + tonumber(ARGV[3])
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count, 'JUSTID')
      taken[#taken + 1] = {id, count, entry[1][2]}
    end
  end
end
return {vanished, taken}
