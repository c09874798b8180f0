-- Leases retries that are due.
-- KEYS  retry set, retry data
-- ARGV  most entries, lease in ms, suspect after, poison at, '1' for one suspect
-- Reply {ms to the next one due (-1 when none waits), suspects left, {{id, frame, token, unsettled}}}
-- Keeps: a lease has a token larger than every earlier one's of the event; a suspect is taken only
--        by a call that asks for one.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, suspect, poison = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local suspects, taken = 0, {}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, most + 100)
local more = false
for _, id in ipairs(due) do
  local data = redis.call('HMGET', KEYS[2], id, id .. '#token', id .. '#base')
  if not data[1] then
    redis.call('ZREM', KEYS[1], id)
  else
    local unsettled = tonumber(data[2]) - tonumber(data[3])
    local alone = unsettled >= suspect and unsettled < poison
    if alone and ARGV[5] ~= '1' then
      suspects = suspects + 1
    elseif alone or ARGV[5] ~= '1' then
      if #taken >= most then
        more = true
        break
      end
      local token = redis.call('HINCRBY', KEYS[2], id .. '#token', 1)
      redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), id)
      taken[#taken + 1] = {id, data[1], token, unsettled}
    end
  end
end
if more or #due >= most + 100 then
  return {0, suspects, taken}
end
local next = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return {#next > 0 and math.max(0, tonumber(next[2]) - now) or -1, suspects, taken}
