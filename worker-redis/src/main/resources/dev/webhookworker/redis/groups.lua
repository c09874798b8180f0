-- Included by scripts that look at the groups of a stream.
local function named(flat)
  local fields = {}
  for i = 1, #flat, 2 do
    fields[flat[i]] = flat[i + 1]
  end
  return fields
end

-- The facts of a group, nil where stream or group are missing.
local function group_of(stream, name)
  if redis.call('EXISTS', stream) == 0 then
    return nil
  end
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = named(flat)
    if group['name'] == name then
      return group
    end
  end
end
