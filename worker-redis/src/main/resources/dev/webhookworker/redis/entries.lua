--#include fields.lua
-- Reads entries of a stream, whoever has them.
-- KEYS  stream
-- ARGV  command XRANGE or XREVRANGE, the two ids in its order, most entries, largest entry in bytes,
--       most bytes of the reply
-- Reply {{id, fields, bytes of an entry that is too large or 0} ...}; empty only where there are none
-- Keeps: no reply is larger than its reader can hold, nor is what is looked at for it.
local command, from, to = ARGV[1], ARGV[2], ARGV[3]
local most, largest, most_bytes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local AT_ONCE = 10

local sent, all = 0, {}
local found
repeat
  found = redis.call(command, KEYS[1], from, to, 'COUNT', math.min(AT_ONCE, most - #all))
  for _, entry in ipairs(found) do
    local fields, bytes, too_large = to_send(entry[2], largest)
    sent = sent + bytes
    all[#all + 1] = {entry[1], fields, too_large}
    from = '(' .. entry[1]
    if sent >= most_bytes then
      return all
    end
  end
until #found < AT_ONCE or #all >= most
return all
