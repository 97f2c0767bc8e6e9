/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Rows in the one form that Windows gives them where properties were selected, one behind the
 * other:
 *
 *   <w:XmlFragment><Name>web01</Name><Limit xsi:nil="true"/></w:XmlFragment>
 *
 * A page of a large host has a thousand of them, and the XML parser takes longer over each than all
 * that is done with it. So they are read here, and the parser reads what is around them. It stays
 * the judge: nothing is taken here that it would refuse or understand in another way, and at
 * whatever is written differently (an entity, a comment, an attribute, blanks) it goes on. That
 * both agree is held by a fuzz target.
 */
#ifndef COUNTER_WINRM_FRAGMENT_H
#define COUNTER_WINRM_FRAGMENT_H

#include "counter/winrm/soap.h"

struct fragments {
    char *at;   /* ends with NUL; is written to, and the rows' texts stay in it */
    bool ascii; /* bytes above 127 are not known to be characters */
};

/* The next row, from the arena, and at is behind it. NULL, at unmoved: no row follows in this form,
 * or arena->failed. */
struct soap_row *fragment_next(struct fragments *of, struct arena *arena);

#endif
