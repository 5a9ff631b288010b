/*
 * The scripts: what has to happen as one.  Redis knows them by their SHA-1 until
 * it is restarted, so a call by that may find nothing; then the text goes along.
 */

#include "core/cache/connection.h"

#include <stdio.h>
#include <string.h>


/* About as many changes are kept; who missed more reads all summaries again. */
#define TRIALS_CHANGES_MAX "10000"

/* Whether a document has all that it was written with: part of two scripts. */
#define TRIALS_LUA_WHOLE                                            \
    "local function whole(doc)\n"                                   \
    "  local bodies = redis.call('HGET', doc, 'bodies')\n"          \
    "  for body in string.gmatch(bodies or '', '%S+') do\n"         \
    "    for _, more in ipairs({'', ':etag', ':size'}) do\n"        \
    "      if redis.call('HSTRLEN', doc, body .. more) == 0 then\n" \
    "        return false\n"                                        \
    "      end\n"                                                   \
    "    end\n"                                                     \
    "  end\n"                                                       \
    "  return bodies and bodies ~= ''\n"                            \
    "end\n"

/*
 * KEYS: document, freshness, summaries, changes, pages.  ARGV: name, hash,
 * engine, registry, now, until when it is fresh, state, version, source, when it
 * was checked, "ask" or "write", the trial's summary; then the other fields and
 * their values, to write.
 *
 * 0: the same is there, nothing was written but its freshness; 1: written; 2:
 * something else is there, or nothing, and it was only asked.
 *
 * Tracking tells every worker of every write to the document's key, even of the
 * same bytes, so the same is left alone.  It is not the same where somebody
 * deleted a body or put another type in its place.  "modified" grows with every
 * change, as Last-Modified must to tell one from the other.
 *
 * The summary is written with the document, so that lists do not disagree with
 * it; the stream of changes tells who keeps lists.
 */
#define TRIALS_LUA_PUT                                                        \
    TRIALS_LUA_WHOLE                                                          \
    "local doc, fresh = KEYS[1], KEYS[2]\n"                                   \
    "local id, hash, engine, registry = ARGV[1], ARGV[2], ARGV[3], ARGV[4]\n" \
    "local now, till, state, version = ARGV[5], ARGV[6], ARGV[7], ARGV[8]\n"  \
    "local old = {}\n"                                                        \
    "if redis.call('TYPE', doc).ok == 'hash' then\n"                          \
    "  old = redis.call('HMGET', doc, 'hash', 'engine', 'registry',\n"        \
    "                   'modified', 'v')\n"                                   \
    "end\n"                                                                   \
    "local before = tonumber(old[4] or '')\n"                                 \
    "local wrote = 0\n"                                                       \
    "if old[1] == hash and old[5] == version and before\n"                    \
    "   and (state ~= 'present' or whole(doc)) then\n"                        \
    "  if old[2] ~= engine or old[3] ~= registry then\n"                      \
    "    redis.call('HSET', doc, 'engine', engine, 'registry', registry)\n"   \
    "    wrote = 1\n"                                                         \
    "  end\n"                                                                 \
    "elseif ARGV[11] == 'ask' then\n"                                         \
    "  return 2\n"                                                            \
    "else\n"                                                                  \
    "  local modified = tonumber(now)\n"                                      \
    "  if before and before >= modified then\n"                               \
    "    modified = before + 1\n"                                             \
    "  end\n"                                                                 \
    "  redis.call('DEL', doc)\n"                                              \
    "  redis.call('HSET', doc, 'v', version, 'state', state,\n"               \
    "             'hash', hash, 'engine', engine, 'registry', registry,\n"    \
    "             'modified', string.format('%.0f', modified),\n"             \
    "             'source', ARGV[9], 'checked', ARGV[10],\n"                  \
    "             unpack(ARGV, 13))\n"                                        \
    "  wrote = 1\n"                                                           \
    "end\n"                                                                   \
    "if state == 'present' then\n"                                            \
    "  redis.call('ZADD', fresh, till, id)\n"                                 \
    "else\n"                                                                  \
    "  redis.call('EXPIREAT', doc, till)\n"                                   \
    "  redis.call('ZREM', fresh, id)\n"                                       \
    "  wrote = 1\n"                                                           \
    "end\n"                                                                   \
    "local told = false\n"                                                    \
    "if string.sub(id, 1, 3) ~= 'NCT' then\n"                                 \
    "  redis.call(state == 'present' and 'SADD' or 'SREM', KEYS[5], id)\n"    \
    "elseif state ~= 'present' then\n"                                        \
    "  told = redis.call('HDEL', KEYS[3], id) == 1\n"                         \
    "elseif ARGV[12] ~= ''\n"                                                 \
    "       and redis.call('HGET', KEYS[3], id) ~= ARGV[12] then\n"           \
    "  redis.call('HSET', KEYS[3], id, ARGV[12])\n"                           \
    "  told = true\n"                                                         \
    "end\n"                                                                   \
    "if told then\n"                                                          \
    "  redis.call('XADD', KEYS[4], 'MAXLEN', '~', " TRIALS_CHANGES_MAX ",\n"  \
    "             '*', 'id', id)\n"                                           \
    "end\n"                                                                   \
    "return wrote\n"

/*
 * KEYS: document, freshness.  ARGV: id, version, "model" or "".  State, engine,
 * until when it is fresh, registry, source, checked, the model with its size;
 * state "" where there is nothing that a reader could be given.
 */
#define TRIALS_LUA_LOOK                                                   \
    TRIALS_LUA_WHOLE                                                      \
    "local doc = KEYS[1]\n"                                               \
    "if redis.call('TYPE', doc).ok ~= 'hash' then\n"                      \
    "  return {'', '', '0', '', '', '0', '', '0'}\n"                      \
    "end\n"                                                               \
    "local got = redis.call('HMGET', doc, 'v', 'state', 'modified',\n"    \
    "                       'engine', 'registry', 'source', 'checked')\n" \
    "local state = got[2] or ''\n"                                        \
    "if got[1] ~= ARGV[2] or not tonumber(got[3] or '')\n"                \
    "   or (state == 'present' and not whole(doc)) then\n"                \
    "  state = ''\n"                                                      \
    "end\n"                                                               \
    "local model = {}\n"                                                  \
    "if ARGV[3] == 'model' and state == 'present' then\n"                 \
    "  model = redis.call('HMGET', doc, 'json', 'json:size')\n"           \
    "end\n"                                                               \
    "local score = redis.call('ZSCORE', KEYS[2], ARGV[1])\n"              \
    "return {state, got[4] or '',\n"                                      \
    "        string.format('%.0f', tonumber(score or '0')),\n"            \
    "        got[5] or '', got[6] or '', got[7] or '0',\n"                \
    "        model[1] or '', model[2] or '0'}\n"

/* KEYS: document, freshness.  ARGV: id. */
#define TRIALS_LUA_INVALIDATE                \
    "redis.call('ZREM', KEYS[2], ARGV[1])\n" \
    "return redis.call('DEL', KEYS[1])\n"

/*
 * KEYS: stream.  ARGV: group, consumer, least idle time, how many.  Of the
 * thousand oldest entries that somebody took so long ago those left alone
 * longest: an id that fails again and again must not hide those behind it.  The
 * idle time doubles with each try, up to sixteen times; what was taken twice
 * already comes alone, so that it fails no others.  Answers with the id, the
 * fields and how often it was taken before, for each.  XAUTOCLAIM would look at a
 * few entries of the group from the start only.  An entry that is no longer in
 * the stream (it was cut off) is done.
 */
#define TRIALS_LUA_CLAIM                                                        \
    "local idle = redis.pcall('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3],\n" \
    "                         '-', '+', 1000)\n"                                \
    "if idle.err then\n"                                                        \
    "  return idle\n"                                                           \
    "end\n"                                                                     \
    "table.sort(idle, function(a, b) return a[3] > b[3] end)\n"                 \
    "local claimed, max = {}, tonumber(ARGV[4])\n"                              \
    "local function due(one)\n"                                                 \
    "  return one[3] >= ARGV[3] * 2 ^ math.min(one[4] - 1, 4)\n"                \
    "         and (#claimed == 0 or one[4] == 1)\n"                             \
    "end\n"                                                                     \
    "for _, one in ipairs(idle) do\n"                                           \
    "  if #claimed == max or (#claimed > 0 and claimed[1][3] > 1) then\n"       \
    "    break\n"                                                               \
    "  end\n"                                                                   \
    "  if due(one) then\n"                                                      \
    "    local got = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2],\n"         \
    "                           ARGV[3], one[1])[1]\n"                          \
    "    if got then\n"                                                         \
    "      claimed[#claimed + 1] = {got[1], got[2], one[4]}\n"                  \
    "    else\n"                                                                \
    "      redis.call('XACK', KEYS[1], ARGV[1], one[1])\n"                      \
    "    end\n"                                                                 \
    "  end\n"                                                                   \
    "end\n"                                                                     \
    "return claimed\n"

/* KEYS: stream.  ARGV: group, entry. */
#define TRIALS_LUA_DONE                               \
    "redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])\n" \
    "return redis.call('XDEL', KEYS[1], ARGV[2])\n"

/* KEYS: lock.  ARGV: token, milliseconds. */
#define TRIALS_LUA_RENEW                                 \
    "if redis.call('GET', KEYS[1]) == ARGV[1] then\n"    \
    "  return redis.call('PEXPIRE', KEYS[1], ARGV[2])\n" \
    "end\n"                                              \
    "return 0\n"

/* KEYS: lock.  ARGV: token. */
#define TRIALS_LUA_RELEASE                            \
    "if redis.call('GET', KEYS[1]) == ARGV[1] then\n" \
    "  return redis.call('DEL', KEYS[1])\n"           \
    "end\n"                                           \
    "return 0\n"

/*
 * KEYS: bucket.  ARGV: requests a minute, how many at once, how many are left to
 * others.  0: one may be asked; else milliseconds to wait before asking again.
 * By Redis's clock: refreshers need not agree on theirs.
 */
#define TRIALS_LUA_BUCKET                                                     \
    "local time = redis.call('TIME')\n"                                       \
    "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"               \
    "local rate = tonumber(ARGV[1]) / 60000\n"                                \
    "local burst, reserve = tonumber(ARGV[2]), tonumber(ARGV[3])\n"           \
    "local got = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'hold')\n"      \
    "local tokens, at = tonumber(got[1] or burst), tonumber(got[2] or now)\n" \
    "local hold = tonumber(got[3] or '0')\n"                                  \
    "if now < at then\n"                                                      \
    "  at = now\n"                                                            \
    "end\n"                                                                   \
    "tokens = math.min(burst, tokens + (now - at) * rate)\n"                  \
    "local wait = 0\n"                                                        \
    "if hold > now then\n"                                                    \
    "  wait = hold - now\n"                                                   \
    "elseif tokens < reserve + 1 then\n"                                      \
    "  wait = math.ceil((reserve + 1 - tokens) / rate)\n"                     \
    "else\n"                                                                  \
    "  tokens = tokens - 1\n"                                                 \
    "end\n"                                                                   \
    "redis.call('HSET', KEYS[1], 'tokens', string.format('%.4f', tokens),\n"  \
    "           'at', string.format('%.0f', now))\n"                          \
    "redis.call('PEXPIRE', KEYS[1],\n"                                        \
    "           math.max(math.ceil(burst / rate), hold - now) + 60000)\n"     \
    "return wait\n"

/* KEYS: bucket.  ARGV: milliseconds that nobody shall ask for. */
#define TRIALS_LUA_HOLD                                                  \
    "local time = redis.call('TIME')\n"                                  \
    "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"          \
    "local hold = tonumber(redis.call('HGET', KEYS[1], 'hold') or 0)\n"  \
    "hold = math.max(hold, now + tonumber(ARGV[1]))\n"                   \
    "redis.call('HSET', KEYS[1], 'hold', string.format('%.0f', hold))\n" \
    "redis.call('PEXPIRE', KEYS[1], hold - now + 60000)\n"               \
    "return hold - now\n"

/*
 * KEYS: leader, registry.  ARGV: token, milliseconds.  The number of this
 * leadership, which is higher than all before it; 0: somebody else leads.
 */
#define TRIALS_LUA_LEADER                                              \
    "local who = redis.call('GET', KEYS[1])\n"                         \
    "if who and who ~= ARGV[1] then\n"                                 \
    "  return 0\n"                                                     \
    "end\n"                                                            \
    "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"             \
    "if who then\n"                                                    \
    "  return tonumber(redis.call('HGET', KEYS[2], 'fence') or '0')\n" \
    "end\n"                                                            \
    "return redis.call('HINCRBY', KEYS[2], 'fence', 1)\n"

/* KEYS: registry.  ARGV: number of the leadership, fields and values.  0: there
 * has been another leader since. */
#define TRIALS_LUA_FOLLOWED                                     \
    "if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then\n" \
    "  return 0\n"                                              \
    "end\n"                                                     \
    "redis.call('HSET', KEYS[1], unpack(ARGV, 2))\n"            \
    "return 1\n"

/*
 * ARGV: prefix of documents' keys, version, engine, "ID=DATE ID=DATE ...".
 * Those of the ids, each after a blank, whose document is there and was made of
 * another version of the record, or by another engine.
 */
#define TRIALS_LUA_CHANGED                                                  \
    "local out = {}\n"                                                      \
    "for id, date in string.gmatch(ARGV[4], '(%w+)=([%d-]*)') do\n"         \
    "  local doc = ARGV[1] .. '{' .. id .. '}'\n"                           \
    "  if redis.call('TYPE', doc).ok == 'hash' then\n"                      \
    "    local got = redis.call('HMGET', doc, 'state', 'registry', 'v',\n"  \
    "                           'engine')\n"                                \
    "    if got[1] == 'present' and (got[2] ~= date or got[3] ~= ARGV[2]\n" \
    "                                or got[4] ~= ARGV[3]) then\n"          \
    "      out[#out + 1] = id\n"                                            \
    "    end\n"                                                             \
    "  end\n"                                                               \
    "end\n"                                                                 \
    "return table.concat(out, ' ')\n"

/*
 * KEYS: freshness.  ARGV: prefix of documents' keys, now, how many.  The names,
 * each after a blank, that are due to be checked, the longest first.  Documents
 * that Redis has evicted are forgotten: somebody will ask for them, or nobody.
 */
#define TRIALS_LUA_DUE                                                     \
    "local out = {}\n"                                                     \
    "local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2],\n"  \
    "                       'LIMIT', 0, ARGV[3])\n"                        \
    "for _, name in ipairs(due) do\n"                                      \
    "  if redis.call('EXISTS', ARGV[1] .. '{' .. name .. '}') == 1 then\n" \
    "    out[#out + 1] = name\n"                                           \
    "  else\n"                                                             \
    "    redis.call('ZREM', KEYS[1], name)\n"                              \
    "  end\n"                                                              \
    "end\n"                                                                \
    "return table.concat(out, ' ')\n"

/*
 * KEYS: losses, freshness.  ARGV: prefix of documents' keys, now, seconds that
 * count, share in thousandths, how many are allowed however few there are, ids
 * each after a blank.  1: they may go; 0: with those before them they are more
 * than that share of what there was: of those that went already, too.  What is
 * not there cannot be lost.
 */
#define TRIALS_LUA_LOSE                                               \
    "local losses, now = KEYS[1], tonumber(ARGV[2])\n"                \
    "redis.call('ZREMRANGEBYSCORE', losses, '-inf', now - ARGV[3])\n" \
    "local any = false\n"                                             \
    "for id in string.gmatch(ARGV[6], '%w+') do\n"                    \
    "  local doc = ARGV[1] .. '{' .. id .. '}'\n"                     \
    "  if redis.call('TYPE', doc).ok == 'hash'\n"                     \
    "     and redis.call('HGET', doc, 'state') == 'present' then\n"   \
    "    redis.call('ZADD', losses, now, id)\n"                       \
    "    any = true\n"                                                \
    "  end\n"                                                         \
    "end\n"                                                           \
    "if not any then\n"                                               \
    "  return 1\n"                                                    \
    "end\n"                                                           \
    "redis.call('EXPIRE', losses, ARGV[3] + 60)\n"                    \
    "local share = ARGV[4] / 1000\n"                                  \
    "local lost = redis.call('ZCARD', losses)\n"                      \
    "local all = redis.call('ZCARD', KEYS[2])\n"                      \
    "if lost <= math.max(tonumber(ARGV[5]), all * share) then\n"      \
    "  return 1\n"                                                    \
    "end\n"                                                           \
    "if lost <= (all + lost) * share then\n"                          \
    "  local left = #redis.call('ZINTER', 2, losses, KEYS[2])\n"      \
    "  if lost <= (all + lost - left) * share then\n"                 \
    "    return 1\n"                                                  \
    "  end\n"                                                         \
    "end\n"                                                           \
    "return 0\n"

/*
 * KEYS: freshness.  ARGV: a cursor of ZSCAN, how many.  Makes the next ones due
 * and returns the next cursor.  In steps, so that nobody waits.
 */
#define TRIALS_LUA_STALE                                                   \
    "local cursor = ARGV[1]\n"                                             \
    "local got = redis.call('ZSCAN', KEYS[1], cursor, 'COUNT', ARGV[2])\n" \
    "for i = 1, #got[2], 2 do\n"                                           \
    "  redis.call('ZADD', KEYS[1], 'XX', 0, got[2][i])\n"                  \
    "end\n"                                                                \
    "return got[1]\n"


/*
 * KEYS: changes.  ARGV: the last entry that was read, how many at most.  The
 * next entries; nil where that one is gone, and those after it may be.
 */
#define TRIALS_LUA_CHANGES                                                 \
    "if ARGV[1] == '0-0' then\n"                                           \
    "  if redis.call('XLEN', KEYS[1]) >= " TRIALS_CHANGES_MAX " then\n"    \
    "    return false\n"                                                   \
    "  end\n"                                                              \
    "elseif not redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1] then\n" \
    "  return false\n"                                                     \
    "end\n"                                                                \
    "return redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+',\n"          \
    "                  'COUNT', ARGV[2])\n"

/*
 * KEYS: mark, failures.  ARGV: seconds it is kept for, failures to add, then
 * fields and their values.  0 where there is no mark any more.  Where it runs
 * twice, because its answer was lost, failures are there twice.
 */
#define TRIALS_LUA_MARK                              \
    "if redis.call('EXISTS', KEYS[1]) == 0 then\n"   \
    "  return 0\n"                                   \
    "end\n"                                          \
    "redis.call('HSET', KEYS[1], unpack(ARGV, 3))\n" \
    "redis.call('EXPIRE', KEYS[1], ARGV[1])\n"       \
    "if ARGV[2] ~= '' then\n"                        \
    "  redis.call('APPEND', KEYS[2], ARGV[2])\n"     \
    "  redis.call('EXPIRE', KEYS[2], ARGV[1])\n"     \
    "end\n"                                          \
    "return 1\n"


static trials_rc_t
trials_script_load(trials_cache_t *cache, trials_script_t script,
                   trials_error_t *err);


static const char *const trials_scripts[TRIALS_NSCRIPTS] = {
    TRIALS_LUA_PUT,     TRIALS_LUA_LOOK,     TRIALS_LUA_INVALIDATE,
    TRIALS_LUA_CLAIM,   TRIALS_LUA_DONE,     TRIALS_LUA_RENEW,
    TRIALS_LUA_RELEASE, TRIALS_LUA_BUCKET,   TRIALS_LUA_HOLD,
    TRIALS_LUA_LEADER,  TRIALS_LUA_FOLLOWED, TRIALS_LUA_CHANGED,
    TRIALS_LUA_DUE,     TRIALS_LUA_LOSE,     TRIALS_LUA_STALE,
    TRIALS_LUA_MARK,    TRIALS_LUA_CHANGES,
};


trials_rc_t
trials_cache_script(trials_cache_t *cache, trials_script_t script, int nkeys,
                    int n, const trials_str_t *args, int type,
                    redisReply **reply, trials_error_t *err)
{
    char           keys[8];
    trials_rc_t    rc;
    trials_str_t   all[TRIALS_ARGS_MAX];
    trials_error_t own;

    if (n > TRIALS_ARGS_MAX - 3) {
        return trials_error(err, TRIALS_FAILED, "Redis: %d arguments", n);
    }

    if (err == NULL) {
        err = &own;
    }

    if (cache->scripts[script][0] == '\0') {
        rc = trials_script_load(cache, script, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    (void) snprintf(keys, sizeof(keys), "%d", nkeys);

    all[0] = trials_arg("EVALSHA");
    all[1] = trials_arg(cache->scripts[script]);
    all[2] = trials_arg(keys);
    memcpy(all + 3, args, (size_t) n * sizeof(trials_str_t));

    rc = trials_cache_command(cache, n + 3, all, type, reply, err);

    if (rc == TRIALS_FAILED && strstr(err->message, "EVALSHA: NOSCRIPT ")) {
        all[0] = trials_arg("EVAL");
        all[1] = trials_arg(trials_scripts[script]);
        rc = trials_cache_command(cache, n + 3, all, type, reply, err);
    }

    return rc;
}


static trials_rc_t
trials_script_load(trials_cache_t *cache, trials_script_t script,
                   trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    args[0] = trials_arg("SCRIPT");
    args[1] = trials_arg("LOAD");
    args[2] = trials_arg(trials_scripts[script]);

    rc = trials_cache_command(cache, 3, args, REDIS_REPLY_STRING, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->len == TRIALS_SHA_SIZE - 1) {
        memcpy(cache->scripts[script], reply->str, TRIALS_SHA_SIZE);
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: SCRIPT LOAD: \"%.64s\" is no SHA-1",
                          cache->address, reply->str);
    }

    freeReplyObject(reply);

    return rc;
}
