-- Makes parked events of a place due.
-- KEYS  retry set, retry data, places with parked events (the index of a place has its name after it)
-- ARGV  place, most entries, ms until the first is due, ms that each further one is due later
-- Reply how many were woken.
-- Keeps: what is leased, or is parked elsewhere by now, is left alone; a place without parked events
--        is not named; waking needs no memory, and its cost does not grow with what waits.
local retry, data, places = unpack(KEYS)
local place, most, first, apart = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local index = places .. ':' .. place
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local woken = 0

-- Whether the entry is a retry that nobody runs and that waits for this place.
local function waits(id)
  local known = redis.call('HMGET', data, id .. '#parked', id .. '#token', id .. '#base')
  return known[1] == place and known[2] and known[2] == known[3]
end

-- As in renew.lua.
redis.call('HDEL', data, '')
-- Some may have ended or run meanwhile, who have not left the index.
for _, id in ipairs(redis.call('ZRANGE', index, 0, most + 99)) do
  if waits(id) then
    if woken == most then
      break
    end
    redis.call('ZADD', retry, 'XX', now + first + math.floor(woken * apart), id)
    woken = woken + 1
  end
  redis.call('HDEL', data, id .. '#parked')
  redis.call('ZREM', index, id)
end
if redis.call('EXISTS', index) == 0 then
  redis.call('SREM', places, place)
end
return woken
