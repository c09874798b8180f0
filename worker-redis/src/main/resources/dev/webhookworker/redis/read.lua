--#include fields.lua
-- Reads new entries of the group without waiting for them, after large ones were met.
-- KEYS  stream
-- ARGV  group, consumer, most entries, largest entry in bytes, most bytes of the reply
-- Reply {{id, fields, bytes of an entry that is too large or 0} ...}
-- Keeps: no reply is larger than its reader can hold. One entry at a time: what has not been looked at
--        is not delivered.
local all, sent = {}, 0
while #all < tonumber(ARGV[3]) and sent < tonumber(ARGV[5]) do
  local read = redis.pcall(
    'XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  if type(read) == 'table' and read.err then
    return redis.error_reply(read.err)
  end
  if not read then
    break
  end
  local entry = read[1][2][1]
  local fields, bytes, too_large = to_send(entry[2], tonumber(ARGV[4]))
  sent = sent + bytes
  all[#all + 1] = {entry[1], fields, too_large}
end
return all
