-- Takes over entries whose consumer gave no sign of life for long enough.
-- KEYS  stream
-- ARGV  group, consumer, least idle ms, most entries, suspect after, poison at, '1' for one suspect
-- Reply {suspects left, {vanished ids}, {{id, counter, fields} ...}}
-- Keeps: a suspect (as many deliveries without outcome as 'suspect after', but not yet 'poison at')
--        is taken only by a call that asks for one; entries that are gone are cleared.
local most, suspect, poison = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local suspects, vanished, taken = 0, {}, {}
local from = '-'
for page = 1, 50 do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], from, '+', 100)
  for _, entry in ipairs(pending) do
    local id, count = entry[1], entry[4]
    local alone = count >= suspect and count < poison
    from = '(' .. id
    if alone and ARGV[7] ~= '1' then
      suspects = suspects + 1
    elseif alone or ARGV[7] ~= '1' then
      local found = redis.call('XRANGE', KEYS[1], id, id)
      if #found == 0 then
        redis.call('XACK', KEYS[1], ARGV[1], id)
        vanished[#vanished + 1] = id
      else
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], id, 'RETRYCOUNT', count + 1,
          'JUSTID')
        taken[#taken + 1] = {id, count + 1, found[1][2]}
      end
      if #taken >= most then
        return {suspects, vanished, taken}
      end
    end
  end
  if #pending < 100 then
    break
  end
end
return {suspects, vanished, taken}
