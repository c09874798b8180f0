-- Included by scripts that settle events with marks.
local function drop_mark(mark, owner)
  if owner ~= '' and redis.pcall('GET', mark) == owner then
    redis.call('DEL', mark)
  end
end

-- Whoever buried an entry has deleted its mark; a run that was admitted later has set it again.
local function drop_mark_of_dead_letter(open, retry, id, mark, owner)
  if redis.call('HEXISTS', open, id) == 1 and not redis.call('ZSCORE', retry, id) then
    drop_mark(mark, owner)
  end
end
