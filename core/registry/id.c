/* Ids of studies. */

#include <trials/registry.h>

#include <string.h>


trials_rc_t
trials_id_parse(const char *data, size_t len, trials_id_t id)
{
    size_t i, digits;

    if (len < 4 || (data[0] | 0x20) != 'n' || (data[1] | 0x20) != 'c'
        || (data[2] | 0x20) != 't')
    {
        return TRIALS_INVALID;
    }

    data += 3;
    len -= 3;

    while (len > 0 && data[0] == '0') {
        data++;
        len--;
    }

    digits = TRIALS_ID_LEN - 3;

    if (len == 0 || len > digits) {
        return TRIALS_INVALID;
    }

    for (i = 0; i < len; i++) {
        if (data[i] < '0' || data[i] > '9') {
            return TRIALS_INVALID;
        }
    }

    memcpy(id, "NCT00000000", TRIALS_ID_LEN + 1);
    memcpy(id + TRIALS_ID_LEN - len, data, len);

    return TRIALS_OK;
}
