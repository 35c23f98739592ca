"""The store of ``backplane.py`` as Lua scripts, each of which Redis runs as one step.

Three keys for each name: ``head`` (hash: where the log stands, the snapshot), ``log`` (list of
``"ID MARK BODY"``) and ``sent`` (hash: the last number of each origin, and when). All expire when no process
has asked for the value for a day: shared values outlive deployments, but they are not a database. Keys that do
not fit each other are deleted: the processes hold the value, and put it back.
"""

from __future__ import annotations

TTL_MS = 24 * 3600 * 1000

SOUND = """
local head, log, sent = KEYS[1], KEYS[2], KEYS[3]
local at = redis.pcall('HMGET', head, 'version', 'mark', 'base_version', 'base_mark', 'at_version', 'at_mark')
local count = redis.pcall('LLEN', log)
local kind = redis.call('TYPE', sent)['ok']
local version, base, snapshot = tonumber(at[1] or ''), tonumber(at[3] or ''), tonumber(at[5] or '')
local sound = type(count) == 'number' and (kind == 'hash' or kind == 'none') and version and base and snapshot
    and at[2] and at[4] and at[6] and version - base == count and base <= snapshot and snapshot <= version
if not sound then redis.call('DEL', head, log, sent) end
"""
"""What ``EXCHANGE`` and ``REPLACE`` begin with."""

EXCHANGE = (
    SOUND
    + """
if not sound then return {'absent'} end
local asked, mark, id, body, channel, hint = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local origin, number, new_mark, ttl = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
if at[1] == asked and at[2] == mark then
    if id == '' then return {'current'} end
    local last = redis.call('HGET', sent, origin) or ''
    if tonumber(string.match(last, '^%d+') or '-1') >= tonumber(number) then return {'known'} end
    redis.call('RPUSH', log, id .. ' ' .. new_mark .. ' ' .. body)
    redis.call('HSET', head, 'version', version + 1, 'mark', new_mark)
    redis.call('HSET', sent, origin, number .. ' ' .. redis.call('TIME')[1])
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
    redis.call('PUBLISH', channel, hint)
    return {'accepted'}
end
local place = tonumber(asked) - base
local known = place == 0 and mark == at[4]
if place > 0 then
    local entry = redis.call('LINDEX', log, place - 1)
    known = entry and string.match(entry, '^%S+ (%S+)') == mark
end
if known then
    return {'behind', redis.call('LRANGE', log, place, -1)}
end
local state = redis.call('HMGET', head, 'epoch', 'snapshot')
return {'other', redis.call('LRANGE', log, 0, -1), state[1] or '', at[5], at[6], state[2] or '', at[3], at[4]}
"""
)
"""``Store.exchange``."""

REPLACE = (
    SOUND
    + """
if (sound and at[1] or '0') ~= ARGV[1] or (sound and at[2] or '') ~= ARGV[2] then return 0 end
redis.call('DEL', head, log, sent)
redis.call('HSET', head, 'epoch', ARGV[3], 'at_version', ARGV[4], 'at_mark', ARGV[5], 'snapshot', ARGV[6],
    'base_version', ARGV[7], 'base_mark', ARGV[8], 'version', ARGV[4], 'mark', ARGV[5])
local now = redis.call('TIME')[1]
for index = 12, #ARGV do
    redis.call('RPUSH', log, ARGV[index])
    local origin, number = string.match(ARGV[index], '^(%S+):(%d+) ')
    redis.call('HSET', sent, origin, number .. ' ' .. now)
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[11]) end
redis.call('PUBLISH', ARGV[9], ARGV[10])
return 1
"""
)
"""``Store.replace``. The entries come in order, so the last number of each origin is the greatest."""

COMPACT = """
local head, log, sent = KEYS[1], KEYS[2], KEYS[3]
local version, mark = tonumber(ARGV[1]), ARGV[2]
local state = redis.call('HMGET', head, 'base_version', 'at_version')
if not state[1] or version <= tonumber(state[2]) then return end
local base = tonumber(state[1])
local entry = redis.call('LINDEX', log, version - base - 1)
if not entry or string.match(entry, '^%S+ (%S+)') ~= mark then return end
redis.call('HSET', head, 'at_version', version, 'at_mark', mark, 'snapshot', ARGV[3])
local gone = version - tonumber(ARGV[4]) - base
if gone > 0 then
    local last = redis.call('LINDEX', log, gone - 1)
    redis.call('HSET', head, 'base_version', base + gone, 'base_mark', string.match(last, '^%S+ (%S+)'))
    redis.call('LTRIM', log, gone, -1)
end
local old = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[5]) / 1000
local all = redis.call('HGETALL', sent)
for index = 1, #all, 2 do
    if tonumber(string.match(all[index + 1], '%d+$') or '0') < old then redis.call('HDEL', sent, all[index]) end
end
"""
"""``Store.compact``; origins that sent nothing for a day are forgotten too."""

BEAT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
"""Who is alive, by Redis's own clock."""
