--#include fields.lua
-- Reads entries of the stream, whoever has them.
-- KEYS  stream
-- ARGV  first id, last id, most entries, largest entry in bytes, most bytes of the reply
-- Reply {{id, fields, bytes of an entry that is too large or 0} ...}
-- Keeps: no reply is larger than its reader can hold.
local sent, all = 0, {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])) do
  if sent >= tonumber(ARGV[5]) then
    break
  end
  local fields, bytes, too_large = to_send(entry[2], tonumber(ARGV[4]))
  sent = sent + bytes
  all[#all + 1] = {entry[1], fields, too_large}
end
return all
