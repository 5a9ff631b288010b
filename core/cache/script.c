/*
 * The scripts: what has to happen as one.  Redis knows them by their SHA-1 until
 * it is restarted, so a call by that may find nothing; then the text goes along.
 */

#include "core/cache/connection.h"

#include <stdio.h>
#include <string.h>


/* Whether a document has all its renditions: part of two scripts. */
#define TRIALS_LUA_WHOLE                                               \
    "local function whole(doc)\n"                                      \
    "  for _, body in ipairs({'page', 'print', 'embed', 'json'}) do\n" \
    "    for _, more in ipairs({'', ':etag', ':size'}) do\n"           \
    "      if redis.call('HSTRLEN', doc, body .. more) == 0 then\n"    \
    "        return false\n"                                           \
    "      end\n"                                                      \
    "    end\n"                                                        \
    "  end\n"                                                          \
    "  return true\n"                                                  \
    "end\n"

/*
 * KEYS: document, freshness.  ARGV: id, hash, engine, registry, now, until when
 * it is fresh, state, version, "ask" or "write"; then the other fields and their
 * values, to write.
 *
 * 0: the same is there, nothing was written but its freshness; 1: written; 2:
 * something else is there, or nothing, and it was only asked.
 *
 * Tracking tells every worker of every write to the document's key, even of the
 * same bytes, so the same is left alone.  It is not the same where somebody
 * deleted a body or put another type in its place.  "modified" grows with every
 * change, as Last-Modified must to tell one from the other.
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
    "elseif ARGV[9] == 'ask' then\n"                                          \
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
    "             unpack(ARGV, 10))\n"                                        \
    "  wrote = 1\n"                                                           \
    "end\n"                                                                   \
    "if state == 'present' then\n"                                            \
    "  redis.call('ZADD', fresh, till, id)\n"                                 \
    "else\n"                                                                  \
    "  redis.call('EXPIREAT', doc, till)\n"                                   \
    "  redis.call('ZREM', fresh, id)\n"                                       \
    "  wrote = 1\n"                                                           \
    "end\n"                                                                   \
    "return wrote\n"

/*
 * KEYS: document, freshness.  ARGV: id, version.  State, engine and until when
 * it is fresh; state "" where there is nothing that a reader could be given.
 */
#define TRIALS_LUA_LOOK                                                \
    TRIALS_LUA_WHOLE                                                   \
    "local doc = KEYS[1]\n"                                            \
    "if redis.call('TYPE', doc).ok ~= 'hash' then\n"                   \
    "  return {'', '', '0'}\n"                                         \
    "end\n"                                                            \
    "local got = redis.call('HMGET', doc, 'v', 'state', 'modified',\n" \
    "                       'engine')\n"                               \
    "local state = got[2] or ''\n"                                     \
    "if got[1] ~= ARGV[2] or not tonumber(got[3] or '')\n"             \
    "   or (state == 'present' and not whole(doc)) then\n"             \
    "  state = ''\n"                                                   \
    "end\n"                                                            \
    "local score = redis.call('ZSCORE', KEYS[2], ARGV[1])\n"           \
    "return {state, got[4] or '',\n"                                   \
    "        string.format('%.0f', tonumber(score or '0'))}\n"

/* KEYS: document, freshness.  ARGV: id. */
#define TRIALS_LUA_INVALIDATE                \
    "redis.call('ZREM', KEYS[2], ARGV[1])\n" \
    "return redis.call('DEL', KEYS[1])\n"

/*
 * KEYS: stream.  ARGV: group, consumer, least idle time.  The oldest entry that
 * somebody took so long ago, or nil.  XAUTOCLAIM would look at a few entries of
 * the group from the start only, and never come to what lies behind them.  An
 * entry that is no longer in the stream (it was cut off) is done.
 */
#define TRIALS_LUA_CLAIM                                                        \
    "local idle = redis.pcall('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3],\n" \
    "                         '-', '+', 10)\n"                                  \
    "if idle.err then\n"                                                        \
    "  return idle\n"                                                           \
    "end\n"                                                                     \
    "for _, one in ipairs(idle) do\n"                                           \
    "  local got = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3],\n"  \
    "                         one[1])\n"                                        \
    "  if got[1] then\n"                                                        \
    "    return got\n"                                                          \
    "  end\n"                                                                   \
    "  redis.call('XACK', KEYS[1], ARGV[1], one[1])\n"                          \
    "end\n"                                                                     \
    "return false\n"

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


static trials_rc_t
trials_script_load(trials_cache_t *cache, trials_script_t script,
                   trials_error_t *err);


static const char *const trials_scripts[TRIALS_NSCRIPTS] = {
    TRIALS_LUA_PUT,  TRIALS_LUA_LOOK,  TRIALS_LUA_INVALIDATE, TRIALS_LUA_CLAIM,
    TRIALS_LUA_DONE, TRIALS_LUA_RENEW, TRIALS_LUA_RELEASE,
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
