/*
 * Reading data files.
 */

#include "core/plain/table.h"

#include <string.h>


void
trials_table_open(trials_table_t *table, const char *name, const char *start,
                  const char *end)
{
    memset(table, 0, sizeof(trials_table_t));
    table->name = name;
    table->pos = start;
    table->end = end;
}


trials_rc_t
trials_table_next(trials_table_t *table, size_t columns, trials_error_t *err)
{
    const char   *p, *end, *tab;
    trials_str_t *field;

    for (;;) {
        if (table->pos == table->end) {
            return TRIALS_NOT_FOUND;
        }

        p = table->pos;
        end = memchr(p, '\n', (size_t) (table->end - p));
        table->pos = end ? end + 1 : table->end;
        end = end ? end : table->end;
        table->line++;

        if (p != end && *p != '#') {
            break;
        }
    }

    table->nfields = 0;

    for (;;) {
        if (table->nfields == columns || columns > TRIALS_TABLE_FIELDS) {
            return trials_table_error(table, err, "too many fields",
                                      table->fields[0]);
        }

        tab = memchr(p, '\t', (size_t) (end - p));
        field = &table->fields[table->nfields++];
        field->data = p;
        field->len = (size_t) ((tab ? tab : end) - p);

        if (field->len
            && (field->data[0] == ' ' || field->data[field->len - 1] == ' ')) {
            return trials_table_error(table, err, "space around a field",
                                      *field);
        }

        if (tab == NULL) {
            break;
        }

        p = tab + 1;
    }

    if (table->nfields != columns) {
        return trials_table_error(table, err, "too few fields",
                                  table->fields[0]);
    }

    return TRIALS_OK;
}


trials_rc_t
trials_table_error(const trials_table_t *table, trials_error_t *err,
                   const char *reason, trials_str_t what)
{
    return trials_error(err, TRIALS_INVALID, "%s:%u: %s: \"%.*s\"", table->name,
                        table->line, reason, (int) what.len,
                        what.data ? what.data : "");
}


int
trials_table_piece(trials_str_t *list, trials_str_t *piece)
{
    const char *bar;

    if (list->len == 0) {
        return 0;
    }

    bar = memchr(list->data, '|', list->len);
    piece->data = list->data;

    if (bar == NULL) {
        piece->len = list->len;
        list->data += list->len;
        list->len = 0;
        return 1;
    }

    piece->len = (size_t) (bar - list->data);
    list->data = bar + 1;
    list->len -= piece->len + 1;

    return 1;
}


int
trials_table_empty(trials_str_t field)
{
    return field.len == 0 || (field.len == 1 && field.data[0] == '-');
}
