/*
 * The tree is one hash table from (node, token) to node.
 */

#include "core/plain/trie.h"

#include <stdlib.h>
#include <string.h>


/* A phrase has no more tokens. */
#define TRIALS_TRIE_TOKENS 16

/* A token that is longer matches nothing. */
#define TRIALS_TRIE_KEY 64

#define TRIALS_TRIE_NUMBER "\001n"
#define TRIALS_TRIE_UNIT   "\001u"


typedef struct {
    uint32_t node; /* where the edge starts; 0 is an empty slot */
    uint32_t child;
    uint32_t hash;
    uint32_t len;
    char     key[TRIALS_TRIE_KEY];
} trials_edge_t;

struct trials_trie_s {
    trials_edge_t *edges;
    size_t         nedges;
    size_t         size; /* of edges, a power of two */
    int           *values;
    size_t         nnodes; /* node 1 is the root of words in any case, node 2
                              that of words as they are written */
    size_t         vsize;
};

typedef struct {
    trials_str_t           text;
    const trials_tokens_t *tokens;
    trials_trie_slots_t    slots;
    trials_trie_slots_t    best_slots;
    size_t                 at;
    size_t                 used;
    int                    value;
    int                    exact;
} trials_walk_t;


static uint32_t trials_trie_hash(uint32_t node, const char *key, size_t len);
static trials_edge_t *trials_trie_find(const trials_trie_t *trie, uint32_t node,
                                       const char *key, size_t len);
static trials_rc_t
trials_trie_child(trials_trie_t *trie, uint32_t node, const char *key,
                  size_t len, uint32_t *child);
static trials_rc_t trials_trie_grow(trials_trie_t *trie);
static trials_rc_t trials_trie_node(trials_trie_t *trie, uint32_t *node);
static size_t      trials_trie_key(char *key, trials_str_t text,
                                   const trials_token_t *token, int exact);
static void trials_trie_walk(const trials_trie_t *trie, trials_walk_t *walk,
                             uint32_t node, size_t i, unsigned depth);
static int  trials_trie_is_hyphen(trials_str_t           text,
                                  const trials_tokens_t *tokens, size_t i);


static const char *const trials_number_words[] = {
    "two",      "three",    "four",    "five",     "six",
    "seven",    "eight",    "nine",    "ten",      "eleven",
    "twelve",   "thirteen", "fifteen", "fourteen", "sixteen",
    "eighteen", "twenty",   "thirty",  "sixty",    NULL};

static const char *const trials_unit_words[] = {
    "year", "years", "month", "months", "week", "weeks",
    "day",  "days",  "hour",  "hours",  NULL};


trials_trie_t *
trials_trie_create(void)
{
    uint32_t       node;
    trials_trie_t *trie;

    trie = calloc(1, sizeof(trials_trie_t));
    if (trie == NULL) {
        return NULL;
    }

    trie->nnodes = 1;

    if (trials_trie_node(trie, &node) != TRIALS_OK
        || trials_trie_node(trie, &node) != TRIALS_OK
        || trials_trie_grow(trie) != TRIALS_OK)
    {
        trials_trie_destroy(trie);
        return NULL;
    }

    return trie;
}


void
trials_trie_destroy(trials_trie_t *trie)
{
    if (trie == NULL) {
        return;
    }

    free(trie->edges);
    free(trie->values);
    free(trie);
}


trials_rc_t
trials_trie_add(trials_trie_t *trie, trials_str_t phrase, int exact, int value)
{
    char            key[TRIALS_TRIE_KEY];
    size_t          i, len;
    uint32_t        node;
    trials_rc_t     rc;
    trials_str_t    token;
    trials_tokens_t tokens;

    memset(&tokens, 0, sizeof(trials_tokens_t));

    rc = trials_tokens_read(&tokens, phrase);
    node = exact ? 2 : 1;

    if (rc == TRIALS_OK && (tokens.n == 0 || tokens.n > TRIALS_TRIE_TOKENS)) {
        rc = TRIALS_INVALID;
    }

    for (i = 0; i < tokens.n && rc == TRIALS_OK; i++) {
        token.data = phrase.data + tokens.list[i].start;
        token.len = tokens.list[i].len;

        if (i + 2 < tokens.n && token.data[0] == '{') {
            token.data =
                token.data[1] == 'n' ? TRIALS_TRIE_NUMBER : TRIALS_TRIE_UNIT;
            rc = trials_trie_child(trie, node, token.data, 2, &node);
            i += 2;
            continue;
        }

        if (trials_trie_is_hyphen(phrase, &tokens, i)) {
            continue;
        }

        len = trials_trie_key(key, phrase, &tokens.list[i], exact);
        rc = len ? trials_trie_child(trie, node, key, len, &node)
                 : TRIALS_INVALID;
    }

    trials_tokens_free(&tokens);

    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trie->values[node] >= 0 && trie->values[node] != value) {
        return TRIALS_BUSY;
    }

    trie->values[node] = value;

    return TRIALS_OK;
}


int
trials_trie_longest(const trials_trie_t *trie, trials_str_t text,
                    const trials_tokens_t *tokens, size_t at, size_t *used,
                    trials_trie_slots_t *slots)
{
    trials_walk_t walk;

    memset(&walk, 0, sizeof(trials_walk_t));
    walk.text = text;
    walk.tokens = tokens;
    walk.at = at;
    walk.value = -1;

    trials_trie_walk(trie, &walk, 1, at, 0);
    walk.exact = 1;
    trials_trie_walk(trie, &walk, 2, at, 0);

    *used = walk.used;

    if (slots) {
        *slots = walk.best_slots;
    }

    return walk.value;
}


/* The depth is bounded by that of the tree, TRIALS_TRIE_TOKENS. */

static void
trials_trie_walk(const trials_trie_t *trie, trials_walk_t *walk, uint32_t node,
                 size_t i, unsigned depth)
{
    char                  key[TRIALS_TRIE_KEY];
    size_t                len;
    trials_edge_t        *edge;
    const trials_token_t *token;

    if (trie->values[node] >= 0 && i - walk->at > walk->used) {
        walk->value = trie->values[node];
        walk->used = i - walk->at;
        walk->best_slots = walk->slots;
    }

    if (depth && trials_trie_is_hyphen(walk->text, walk->tokens, i)) {
        i++;
    }

    if (i >= walk->tokens->n) {
        return;
    }

    token = &walk->tokens->list[i];
    len = trials_trie_key(key, walk->text, token, walk->exact);

    if (len) {
        edge = trials_trie_find(trie, node, key, len);
        if (edge->node) {
            trials_trie_walk(trie, walk, edge->child, i + 1, depth + 1);
        }
    }

    if (trials_token_is_number(walk->text, token)) {
        edge = trials_trie_find(trie, node, TRIALS_TRIE_NUMBER, 2);
        if (edge->node) {
            walk->slots.number = i;
            trials_trie_walk(trie, walk, edge->child, i + 1, depth + 1);
        }

    } else if (trials_token_is_unit(walk->text, token)) {
        edge = trials_trie_find(trie, node, TRIALS_TRIE_UNIT, 2);
        if (edge->node) {
            walk->slots.unit = i;
            trials_trie_walk(trie, walk, edge->child, i + 1, depth + 1);
        }
    }
}


/* A hyphen between two words, with no space at either side. */

static int
trials_trie_is_hyphen(trials_str_t text, const trials_tokens_t *tokens,
                      size_t i)
{
    uint32_t              code;
    const trials_token_t *t;

    if (i == 0 || i + 1 >= tokens->n) {
        return 0;
    }

    t = &tokens->list[i];

    if (t->kind != TRIALS_TOKEN_SIGN || t->space || t[1].space
        || t[1].kind == TRIALS_TOKEN_SIGN || t[-1].kind == TRIALS_TOKEN_SIGN)
    {
        return 0;
    }

    (void) trials_utf8_read(text.data + t->start, t->len, &code);

    return code == '-' || code == 0x2010 || code == 0x2011;
}


int
trials_token_is_number(trials_str_t text, const trials_token_t *token)
{
    return token->kind == TRIALS_TOKEN_NUMBER
           || (token->kind == TRIALS_TOKEN_WORD
               && trials_word_in(text.data + token->start, token->len,
                                 trials_number_words));
}


int
trials_token_is_unit(trials_str_t text, const trials_token_t *token)
{
    return token->kind == TRIALS_TOKEN_WORD
           && trials_word_in(text.data + token->start, token->len,
                             trials_unit_words);
}


static size_t
trials_trie_key(char *key, trials_str_t text, const trials_token_t *token,
                int exact)
{
    size_t      i;
    const char *p;

    if (token->len > TRIALS_TRIE_KEY) {
        return 0;
    }

    p = text.data + token->start;

    for (i = 0; i < token->len; i++) {
        key[i] = exact ? p[i] : trials_lower(p[i]);
    }

    return token->len;
}


static uint32_t
trials_trie_hash(uint32_t node, const char *key, size_t len)
{
    size_t   i;
    uint32_t hash;

    hash = 2166136261u ^ (node * 2654435761u);

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) key[i]) * 16777619u;
    }

    return hash ^ (hash >> 15);
}


/* The edge, or the empty slot where it would be. */

static trials_edge_t *
trials_trie_find(const trials_trie_t *trie, uint32_t node, const char *key,
                 size_t len)
{
    size_t         i;
    uint32_t       hash;
    trials_edge_t *edge;

    hash = trials_trie_hash(node, key, len);

    for (i = hash & (trie->size - 1);; i = (i + 1) & (trie->size - 1)) {
        edge = &trie->edges[i];

        if (edge->node == 0
            || (edge->node == node && edge->hash == hash && edge->len == len
                && memcmp(edge->key, key, len) == 0))
        {
            return edge;
        }
    }
}


static trials_rc_t
trials_trie_child(trials_trie_t *trie, uint32_t node, const char *key,
                  size_t len, uint32_t *child)
{
    trials_rc_t    rc;
    trials_edge_t *edge;

    edge = trials_trie_find(trie, node, key, len);

    if (edge->node) {
        *child = edge->child;
        return TRIALS_OK;
    }

    if (2 * trie->nedges >= trie->size) {
        rc = trials_trie_grow(trie);
        if (rc != TRIALS_OK) {
            return rc;
        }
        edge = trials_trie_find(trie, node, key, len);
    }

    rc = trials_trie_node(trie, child);
    if (rc != TRIALS_OK) {
        return rc;
    }

    edge->node = node;
    edge->child = *child;
    edge->hash = trials_trie_hash(node, key, len);
    edge->len = (uint32_t) len;
    memcpy(edge->key, key, len);
    trie->nedges++;

    return TRIALS_OK;
}


static trials_rc_t
trials_trie_grow(trials_trie_t *trie)
{
    size_t         i, size, old;
    trials_edge_t *edge, *edges;

    old = trie->size;
    edges = trie->edges;
    size = old ? 2 * old : 1024;

    trie->edges = calloc(size, sizeof(trials_edge_t));
    if (trie->edges == NULL) {
        trie->edges = edges;
        return TRIALS_NOMEM;
    }

    trie->size = size;

    for (i = 0; i < old; i++) {
        if (edges[i].node) {
            edge = trials_trie_find(trie, edges[i].node, edges[i].key,
                                    edges[i].len);
            *edge = edges[i];
        }
    }

    free(edges);

    return TRIALS_OK;
}


static trials_rc_t
trials_trie_node(trials_trie_t *trie, uint32_t *node)
{
    int   *values;
    size_t size;

    if (trie->nnodes >= trie->vsize) {
        size = trie->vsize ? 2 * trie->vsize : 1024;

        values = realloc(trie->values, size * sizeof(int));
        if (values == NULL) {
            return TRIALS_NOMEM;
        }

        trie->values = values;
        trie->vsize = size;
    }

    *node = (uint32_t) trie->nnodes++;
    trie->values[*node] = -1;

    return TRIALS_OK;
}
