-- Renews leases; touches only what is still this run's.
-- KEYS  stream, retry set, retry data
-- ARGV  group, consumer, lease of retries in ms, then triples: entry id, source S/R, counter or token
-- Reply the numbers (from 1) of the triples whose lease is another run's now.
-- Keeps: nothing is taken back from who took it over. An entry that nobody holds is not lost: its
--        group was, and the run may finish.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
for i = 4, #ARGV, 3 do
  local id, count = ARGV[i], ARGV[i + 2]
  if ARGV[i + 1] == 'S' then
    local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], id, id, 1)
    if not pending.err and #pending > 0 then
      if pending[1][2] == ARGV[2] and pending[1][4] == tonumber(count) then
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
      else
        lost[#lost + 1] = (i - 1) / 3
      end
    end
  else
    local token = redis.call('HGET', KEYS[3], id .. '#token')
    if token == count then
      redis.call('ZADD', KEYS[2], 'XX', now + tonumber(ARGV[3]), id)
    elseif token then
      lost[#lost + 1] = (i - 1) / 3
    end
  end
end
return lost
