/*
 * The tree is one hash table from (node, token) to node.  Most tokens of a text
 * begin no phrase: a set of bits that fits into the nearest cache tells that of
 * nearly all of them.
 */

#include "core/plain/trie.h"

#include <stdlib.h>
#include <string.h>


/* A phrase has no more tokens. */
#define TRIALS_TRIE_TOKENS 16

/* A token that is longer matches nothing. */
#define TRIALS_TRIE_KEY 64

/* Bits of the set of first words, a power of two. */
#define TRIALS_TRIE_FIRSTS (64 * 1024)

#define TRIALS_TRIE_NUMBER "\001n"
#define TRIALS_TRIE_UNIT   "\001u"


typedef struct {
    uint32_t node; /* where the edge starts; 0 is an empty slot */
    uint32_t child;
    uint32_t hash;
    uint32_t key; /* where it stands in keys: its length, then its bytes */
} trials_edge_t;

/* What leaves a node beside words. */
#define TRIALS_TRIE_HAS_NUMBER 1
#define TRIALS_TRIE_HAS_UNIT   2

typedef struct {
    int           value; /* or -1 */
    unsigned char slots;
} trials_node_t;

struct trials_trie_s {
    trials_edge_t  *edges;
    size_t          nedges;
    size_t          size; /* of edges, a power of two */
    char           *keys;
    size_t          nkeys; /* bytes */
    size_t          keys_size;
    trials_node_t  *nodes;
    size_t          nnodes; /* node 1 is the root of words in any case, node 2
                              that of words as they are written */
    size_t          nodes_size;
    trials_tokens_t tokens; /* of the phrase that is added */
    unsigned char   firsts[TRIALS_TRIE_FIRSTS / 8]; /* by their hashes */
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
    uint32_t               first; /* hash of the token at `at` */
} trials_walk_t;


static uint32_t trials_trie_word(const char *word, size_t len);
static uint32_t trials_trie_hash(uint32_t node, uint32_t word);
static trials_edge_t *
trials_trie_find(const trials_trie_t *trie, uint32_t node, uint32_t word,
                 const char *key, size_t len, int exact);
static trials_rc_t
trials_trie_child(trials_trie_t *trie, uint32_t node, const char *key,
                  size_t len, int exact, uint32_t *child);
static trials_edge_t *
trials_trie_slot(const trials_trie_t *trie, uint32_t node, const char *key);
static trials_rc_t trials_trie_grow(trials_trie_t *trie);
static trials_rc_t trials_trie_node(trials_trie_t *trie, uint32_t *node);
static int
trials_trie_same(const char *stored, const char *key, size_t len, int exact);
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
    free(trie->keys);
    free(trie->nodes);
    trials_tokens_free(&trie->tokens);
    free(trie);
}


trials_rc_t
trials_trie_add(trials_trie_t *trie, trials_str_t phrase, int exact, int value)
{
    size_t           i;
    uint32_t         node;
    trials_rc_t      rc;
    trials_str_t     token;
    trials_tokens_t *tokens;

    tokens = &trie->tokens;
    rc = trials_tokens_read(tokens, phrase);
    node = exact ? 2 : 1;

    if (rc == TRIALS_OK && (tokens->n == 0 || tokens->n > TRIALS_TRIE_TOKENS)) {
        rc = TRIALS_INVALID;
    }

    for (i = 0; i < tokens->n && rc == TRIALS_OK; i++) {
        token.data = phrase.data + tokens->list[i].start;
        token.len = tokens->list[i].len;

        if (i + 2 < tokens->n && token.data[0] == '{') {
            if (token.data[1] == 'n') {
                trie->nodes[node].slots |= TRIALS_TRIE_HAS_NUMBER;
                rc = trials_trie_child(trie, node, TRIALS_TRIE_NUMBER, 2, 1,
                                       &node);
            } else {
                trie->nodes[node].slots |= TRIALS_TRIE_HAS_UNIT;
                rc = trials_trie_child(trie, node, TRIALS_TRIE_UNIT, 2, 1,
                                       &node);
            }
            i += 2;
            continue;
        }

        if (trials_trie_is_hyphen(phrase, tokens, i)) {
            continue;
        }

        rc = token.len > TRIALS_TRIE_KEY
                 ? TRIALS_INVALID
                 : trials_trie_child(trie, node, token.data, token.len, exact,
                                     &node);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trie->nodes[node].value >= 0 && trie->nodes[node].value != value) {
        return TRIALS_BUSY;
    }

    trie->nodes[node].value = value;

    return TRIALS_OK;
}


int
trials_trie_longest(const trials_trie_t *trie, trials_str_t text,
                    const trials_tokens_t *tokens, size_t at, size_t *used,
                    trials_trie_slots_t *slots)
{
    uint32_t              first;
    trials_walk_t         walk;
    const trials_token_t *token;

    token = &tokens->list[at];
    first = trials_trie_word(text.data + token->start, token->len);

    if ((trie->firsts[first / 8 % (TRIALS_TRIE_FIRSTS / 8)] >> first % 8 & 1)
            == 0
        && (trie->nodes[1].slots | trie->nodes[2].slots) == 0)
    {
        *used = 0;
        return -1;
    }

    memset(&walk, 0, sizeof(trials_walk_t));
    walk.first = first;
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
    unsigned              slots;
    uint32_t              word;
    const char           *text;
    trials_edge_t        *edge;
    const trials_token_t *token;

    if (trie->nodes[node].value >= 0 && i - walk->at > walk->used) {
        walk->value = trie->nodes[node].value;
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
    text = walk->text.data + token->start;

    if (token->len <= TRIALS_TRIE_KEY) {
        word = depth ? trials_trie_word(text, token->len) : walk->first;
        edge =
            trials_trie_find(trie, node, word, text, token->len, walk->exact);
        if (edge->node) {
            trials_trie_walk(trie, walk, edge->child, i + 1, depth + 1);
        }
    }

    slots = trie->nodes[node].slots;

    if ((slots & TRIALS_TRIE_HAS_NUMBER)
        && trials_token_is_number(walk->text, token))
    {
        edge = trials_trie_slot(trie, node, TRIALS_TRIE_NUMBER);
        if (edge->node) {
            walk->slots.number = i;
            trials_trie_walk(trie, walk, edge->child, i + 1, depth + 1);
        }

    } else if ((slots & TRIALS_TRIE_HAS_UNIT)
               && trials_token_is_unit(walk->text, token))
    {
        edge = trials_trie_slot(trie, node, TRIALS_TRIE_UNIT);
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


/* In any case. */

static uint32_t
trials_trie_word(const char *word, size_t len)
{
    size_t   i;
    uint32_t hash;

    hash = 2166136261u;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) trials_lower(word[i])) * 16777619u;
    }

    return hash ^ (hash >> 15);
}


static uint32_t
trials_trie_hash(uint32_t node, uint32_t word)
{
    uint32_t hash;

    hash = (word ^ (node * 2654435761u)) * 2246822519u;

    return hash ^ (hash >> 15);
}


/* The edge, or the empty slot where it would be. */

static trials_edge_t *
trials_trie_find(const trials_trie_t *trie, uint32_t node, uint32_t word,
                 const char *key, size_t len, int exact)
{
    size_t         i;
    uint32_t       hash;
    trials_edge_t *edge;

    hash = trials_trie_hash(node, word);

    for (i = hash & (trie->size - 1);; i = (i + 1) & (trie->size - 1)) {
        edge = &trie->edges[i];

        if (edge->node == 0
            || (edge->hash == hash && edge->node == node
                && trials_trie_same(trie->keys + edge->key, key, len, exact)))
        {
            return edge;
        }
    }
}


/* What leads on from a node beside words. */

static trials_edge_t *
trials_trie_slot(const trials_trie_t *trie, uint32_t node, const char *key)
{
    return trials_trie_find(trie, node, trials_trie_word(key, 2), key, 2, 1);
}


static trials_rc_t
trials_trie_child(trials_trie_t *trie, uint32_t node, const char *key,
                  size_t len, int exact, uint32_t *child)
{
    char          *keys;
    size_t         i, size;
    uint32_t       word;
    trials_rc_t    rc;
    trials_edge_t *edge;

    word = trials_trie_word(key, len);
    edge = trials_trie_find(trie, node, word, key, len, exact);

    if (edge->node) {
        *child = edge->child;
        return TRIALS_OK;
    }

    if (2 * trie->nedges >= trie->size) {
        rc = trials_trie_grow(trie);
        if (rc != TRIALS_OK) {
            return rc;
        }
        edge = trials_trie_find(trie, node, word, key, len, exact);
    }

    rc = trials_trie_node(trie, child);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trie->nkeys + len + 1 > trie->keys_size) {
        size = 2 * trie->keys_size + TRIALS_TRIE_KEY + 1;

        keys = realloc(trie->keys, size);
        if (keys == NULL) {
            return TRIALS_NOMEM;
        }

        trie->keys = keys;
        trie->keys_size = size;
    }

    edge->node = node;
    edge->child = *child;
    edge->hash = trials_trie_hash(node, word);
    edge->key = (uint32_t) trie->nkeys;
    trie->keys[trie->nkeys++] = (char) len;

    for (i = 0; i < len; i++) {
        trie->keys[trie->nkeys++] = exact ? key[i] : trials_lower(key[i]);
    }

    trie->nedges++;

    if (node <= 2) {
        trie->firsts[word / 8 % (TRIALS_TRIE_FIRSTS / 8)] |= 1u << word % 8;
    }

    return TRIALS_OK;
}


/* A stored key that is not exact is in lower case. */

static int
trials_trie_same(const char *stored, const char *key, size_t len, int exact)
{
    size_t i;

    if ((size_t) stored[0] != len) {
        return 0;
    }

    for (i = 0;
         i < len && stored[i + 1] == (exact ? key[i] : trials_lower(key[i]));
         i++)
    {
        /* void */
    }

    return i == len;
}


static trials_rc_t
trials_trie_grow(trials_trie_t *trie)
{
    size_t         i, k, size, old;
    trials_edge_t *edges;

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
        if (edges[i].node == 0) {
            continue;
        }

        for (k = edges[i].hash & (size - 1); trie->edges[k].node;
             k = (k + 1) & (size - 1))
        {
            /* void */
        }

        trie->edges[k] = edges[i];
    }

    free(edges);

    return TRIALS_OK;
}


static trials_rc_t
trials_trie_node(trials_trie_t *trie, uint32_t *node)
{
    size_t         size;
    trials_node_t *nodes;

    if (trie->nnodes >= trie->nodes_size) {
        size = trie->nodes_size ? 2 * trie->nodes_size : 1024;

        nodes = realloc(trie->nodes, size * sizeof(trials_node_t));
        if (nodes == NULL) {
            return TRIALS_NOMEM;
        }

        trie->nodes = nodes;
        trie->nodes_size = size;
    }

    *node = (uint32_t) trie->nnodes++;
    trie->nodes[*node].value = -1;
    trie->nodes[*node].slots = 0;

    return TRIALS_OK;
}
