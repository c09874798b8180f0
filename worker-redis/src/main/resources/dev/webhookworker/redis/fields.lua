-- Included by scripts that send an entry's fields out of Redis. What no process should have to load is
-- judged here: of an entry that is too large only the small fields leave, with its size.
local SMALL, MOST_SMALL = 1024, 32

-- The fields to send, the bytes that they have, and the bytes of the whole entry when it is too
-- large, else 0.
local function to_send(fields, largest)
  local bytes = 0
  for i = 1, #fields do
    bytes = bytes + #fields[i]
  end
  if bytes <= largest then
    return fields, bytes, 0
  end
  local small, left = {}, 0
  for i = 1, #fields - 1, 2 do
    if #fields[i] + #fields[i + 1] <= SMALL and #small < MOST_SMALL then
      small[#small + 1] = fields[i]
      small[#small + 1] = fields[i + 1]
      left = left + #fields[i] + #fields[i + 1]
    end
  end
  return small, left, bytes
end
