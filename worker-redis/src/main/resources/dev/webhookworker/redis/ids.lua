-- Included by scripts that compare entry ids.
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function after(one, other)
  local ms1, seq1 = parts(one)
  local ms2, seq2 = parts(other)
  return ms1 > ms2 or (ms1 == ms2 and seq1 > seq2)
end

local function smaller(one, other)
  return after(one, other) and other or one
end
