--#include holder.lua
--#include frame.lua
-- Leases retries that are due.
-- KEYS  retry set, retry data, taken, what this process leased last
-- ARGV  most entries, lease in ms, suspect after, poison at, '1' for one suspect, this process, number
--       of this call, number of the last call whose reply it has, most bytes of the reply
-- Reply {ms to the next one due (-1 when none waits), suspects left, {{id, frame, token, unsettled}},
--       {members that are no entry ids; they are removed}}
-- Keeps: a lease has a token larger than every earlier one's of the event; a suspect is taken only
--        by a call that asks for one; a run from which its event is taken can tell; what a lost reply
--        leased is given back, uncounted, by the process's next call; leasing needs no memory; no
--        reply is larger than its reader can hold.
local retry, data, taken, last = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, suspect, poison = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local most_bytes, sent = tonumber(ARGV[9]), 0
local suspects, leased, strange = 0, {}, {}
-- The reply to that call never came: nobody runs what it leased.
local function give_back(leased)
  local process, number = string.match(leased[1] or '', '^(.*)/(%d+)$')
  -- A replica that lagged may still have a call that was answered.
  if process ~= ARGV[6] or tonumber(number) <= tonumber(ARGV[8]) then
    return
  end
  for i = 2, #leased, 2 do
    local id, token = leased[i], leased[i + 1]
    if redis.call('HGET', data, id .. '#token') == token then
      redis.call('HINCRBY', data, id .. '#token', -1)
      redis.call('ZADD', retry, 'XX', now, id)
    end
  end
end

-- As in renew.lua.
redis.call('HDEL', data, '')
give_back(redis.call('LRANGE', last, 0, -1))
redis.call('DEL', last)

local due = redis.call('ZRANGEBYSCORE', retry, '-inf', now, 'LIMIT', 0, most + 100)
local more = false
for _, id in ipairs(due) do
  local known = redis.call('HMGET', data, id, id .. '#token', id .. '#base')
  local token, base = tonumber(known[2] or ''), tonumber(known[3] or '')
  if not string.match(id, '^%d+%-%d+$') then
    redis.call('ZREM', retry, id)
    strange[#strange + 1] = id
  elseif not known[1] then
    redis.call('ZREM', retry, id)
  else
    if not token or not base then
      -- Somebody changed its counters: it runs all the same, with a token that is surely larger.
      token = math.floor(now / 1000) * GENERATION + 1000000
      base = token
      local fresh = string.format('%.0f', token)
      redis.call('HSET', data, id .. '#token', fresh, id .. '#base', fresh)
    end
    local taken_over = token > base
    local unsettled = token - base + unsettled_kept(known[1])
    local alone = unsettled >= suspect and unsettled < poison
    if alone and ARGV[5] ~= '1' then
      suspects = suspects + 1
    elseif alone or ARGV[5] ~= '1' then
      if #leased >= most or sent >= most_bytes then
        more = true
        break
      end
      token = redis.call('HINCRBY', data, id .. '#token', 1)
      redis.call('ZADD', retry, now + tonumber(ARGV[2]), id)
      if taken_over then
        redis.call('ZADD', taken, now, evidence(id, token))
      end
      leased[#leased + 1] = {id, known[1], token, unsettled}
      sent = sent + #known[1]
      if #leased == 1 then
        redis.call('RPUSH', last, ARGV[6] .. '/' .. ARGV[7])
      end
      redis.call('RPUSH', last, id, string.format('%.0f', token))
    end
  end
end
if #leased > 0 then
  redis.call('PEXPIRE', last, ARGV[2])
end
if more or #due >= most + 100 then
  return {0, suspects, leased, strange}
end
local next = redis.call('ZRANGEBYSCORE', retry, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
return {#next > 0 and math.max(0, tonumber(next[2]) - now) or -1, suspects, leased, strange}
