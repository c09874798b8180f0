-- Included by scripts that read the head of a retry's frame: version, 1 when the store may have the
-- event, unclean ends that count (two bytes). Frames of other versions have neither.
local VERSION = 2

local function unsettled_kept(frame)
  local version, _, high, low = string.byte(frame, 1, 4)
  return version == VERSION and low and high * 256 + low or 0
end

local function doubted(frame)
  if string.byte(frame, 1) ~= VERSION or #frame < 4 then
    return frame
  end
  return string.sub(frame, 1, 1) .. '\1' .. string.sub(frame, 3)
end
