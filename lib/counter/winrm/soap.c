/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/soap.h"

#include "counter/counter.h"
#include "counter/winrm/fragment.h"
#include "counter/winrm/hex.h"
#include "plugin/text.h"
#include "plugin/utf8.h"

#include <expat.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where an element stands: 1 Envelope, 2 Header or Body, 3 the answer, 4 its parts, 5 an item of
 * Items, 6 its properties. Of a method's output, 3 is the row and 4 are the properties. */
enum { AT_SECTION = 2, AT_ANSWER = 3, AT_PART = 4, AT_ITEM = 5, AT_PROPERTY = 6 };

enum section { SECTION_NONE, SECTION_HEADER, SECTION_BODY };

struct parse {
    XML_Parser parser;
    struct arena *arena;
    struct soap soap;
    unsigned depth;
    enum section section;
    bool in_items;
    bool of_method;      /* the answer is a row: what a method put out */
    XML_Index items_at;  /* where the first item begins, or would */
    bool other_encoding; /* than UTF-8, says its declaration */
    bool collects;       /* text goes into the collector */
    bool is_null;        /* the property is xsi:nil */
    struct text collector;
    uint32_t code_of_wmi; /* found in a fault's words: says more than WinRM's own */
    const char *problem;  /* why it is invalid; NULL: it is not */
    bool no_memory;
};

/* ---- small things ---- */

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void stop(struct parse *parse, const char *problem)
{
    if (!parse->problem)
        parse->problem = problem;
    XML_StopParser(parse->parser, XML_FALSE);
}

static void no_memory(struct parse *parse)
{
    parse->no_memory = true;
    stop(parse, "");
}

static const char *keep(struct parse *parse, const char *text, size_t length)
{
    const char *kept = arena_text(parse->arena, text, length);
    if (!kept) {
        no_memory(parse);
        return "";
    }
    return kept;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp(local(attributes[0]), name))
            return attributes[1];
    return NULL;
}

static void collect(struct parse *parse)
{
    parse->collects = true;
    text_cut(&parse->collector, 0);
}

static const char *collected(struct parse *parse)
{
    parse->collects = false;
    const char *bytes = parse->collector.length ? parse->collector.bytes : "";
    return keep(parse, bytes, parse->collector.length);
}

/* ---- numbers in faults ---- */

/* All of it decimal, or 0x and hexadecimal; negative ones are HRESULTs as signed numbers. */
static bool parse_code(const char *text, uint32_t *ret)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    bool negative = *text == '-';
    int base = hex ? 16 : 10;
    uint64_t value = 0;
    text += hex ? 2 : negative;
    if (!*text)
        return false;
    for (; *text; text++) {
        int digit = hex_digit(*text);
        if (digit < 0 || digit >= base)
            return false;
        value = value * (unsigned)base + (unsigned)digit;
        if (value > UINT32_MAX)
            return false;
    }
    *ret = negative ? (uint32_t) - (int64_t)value : (uint32_t)value;
    return true;
}

/* "... HRESULT 0x80041010 ...": WMI's own code stands in the words of those around it. */
static void find_code_of_wmi(struct parse *parse, const char *text)
{
    for (const char *at = strstr(text, "0x8"); at; at = strstr(at + 1, "0x8")) {
        char digits[11];
        memcpy(digits, at, strnlen(at, 10));
        digits[strnlen(at, 10)] = '\0';
        uint32_t code;
        if (strlen(digits) == 10 && parse_code(digits, &code) &&
            (code >> 12 == 0x80041 || code >> 16 == 0x8007) && !parse->code_of_wmi)
            parse->code_of_wmi = code;
    }
}

/* OMI gives the MI_Result of its own, whose numbers mean other things elsewhere. Source: MI.h. */
static uint32_t code_of_omi(uint32_t result)
{
    static const struct {
        uint32_t result, wmi;
    } codes[] = {
        {2, 0x80041003},  /* access denied */
        {3, 0x8004100E},  /* invalid namespace */
        {5, 0x80041010},  /* invalid class */
        {6, 0x80041002},  /* not found */
        {12, 0x80041031}, /* no such property */
        {15, 0x80041017}, /* invalid query */
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].result == result)
            return codes[i].wmi;
    return 0;
}

static void take_code(struct parse *parse, const char *text, bool of_omi)
{
    uint32_t code;
    if (!text || !parse_code(text, &code))
        return;
    if (of_omi)
        code = code_of_omi(code);
    if ((code >> 12 == 0x80041 || code >> 16 == 0x8007) && !parse->code_of_wmi)
        parse->code_of_wmi = code;
    if (code && !parse->soap.fault.has_code) {
        parse->soap.fault.has_code = true;
        parse->soap.fault.code = code;
    }
}

/* ---- elements ---- */

static void add_row(struct parse *parse, struct soap_row *row)
{
    if (parse->soap.row_count == SOAP_MOST_ROWS) {
        stop(parse, "it has more rows than any host");
        return;
    }
    if (parse->soap.last)
        parse->soap.last->next = row;
    else
        parse->soap.rows = row;
    parse->soap.last = row;
    parse->soap.row_count++;
}

static void begin_row(struct parse *parse, const char *name)
{
    struct soap_row *row = ARENA_NEW(parse->arena, struct soap_row);
    if (!row) {
        no_memory(parse);
        return;
    }
    row->name = keep(parse, name, strlen(name));
    add_row(parse, row);
}

static void end_cell(struct parse *parse, const char *name)
{
    struct soap_row *row = parse->soap.last;
    const char *text = collected(parse);
    struct soap_cell *cell = ARENA_NEW(parse->arena, struct soap_cell);
    if (!cell) {
        no_memory(parse);
        return;
    }
    cell->name = keep(parse, name, strlen(name));
    cell->text = parse->is_null ? NULL : text;
    if (row->last)
        row->last->next = cell;
    else
        row->cells = cell;
    row->last = cell;
}

/* Is the element at this depth of an answer that is no fault a property of a row? */
static bool is_property(const struct parse *parse)
{
    return parse->in_items ? parse->depth == AT_PROPERTY
                           : parse->depth == AT_PART && parse->of_method;
}

static void begin_in_body(struct parse *parse, const char *name)
{
    size_t length = strlen(name);
    if (parse->depth == AT_ANSWER) {
        if (*parse->soap.kind) {
            stop(parse, "it answers twice");
            return;
        }
        parse->soap.kind = keep(parse, name, length);
        parse->soap.is_fault = !strcmp(name, "Fault");
        parse->of_method = length > 7 && !strcmp(name + length - 7, "_OUTPUT");
        if (parse->of_method)
            begin_row(parse, name);
    } else if (parse->depth == AT_PART && !parse->of_method) {
        parse->in_items = !strcmp(name, "Items");
        if (parse->in_items)
            parse->items_at =
                XML_GetCurrentByteIndex(parse->parser) + XML_GetCurrentByteCount(parse->parser);
        parse->soap.ends = parse->soap.ends || !strcmp(name, "EndOfSequence");
        if (!strcmp(name, "EnumerationContext"))
            collect(parse);
    } else if (parse->depth == AT_ITEM && parse->in_items) {
        begin_row(parse, name);
    }
}

static void begin_in_fault(struct parse *parse, const char *name, const char **attributes)
{
    if (!strcmp(name, "WSManFault"))
        take_code(parse, attribute(attributes, "Code"), false);
    collect(parse);
}

static void XMLCALL begin_element(void *context, const char *full_name, const char **attributes)
{
    struct parse *parse = context;
    const char *name = local(full_name);
    if (++parse->depth > SOAP_DEEPEST) {
        stop(parse, "its elements nest too deep");
        return;
    }
    if (parse->depth == 1 && strcmp(name, "Envelope") != 0) {
        stop(parse, "it is not SOAP");
        return;
    }
    if (parse->depth == AT_SECTION)
        parse->section = !strcmp(name, "Body")     ? SECTION_BODY
                         : !strcmp(name, "Header") ? SECTION_HEADER
                                                   : SECTION_NONE;
    if (parse->section == SECTION_HEADER && !strcmp(name, "RelatesTo"))
        collect(parse);
    if (parse->section != SECTION_BODY)
        return;
    if (parse->soap.is_fault && parse->depth > AT_ANSWER) {
        begin_in_fault(parse, name, attributes);
        return;
    }
    begin_in_body(parse, name);
    if (is_property(parse)) {
        const char *nil = attribute(attributes, "nil");
        parse->is_null = nil && (!strcmp(nil, "true") || !strcmp(nil, "1"));
        collect(parse);
    }
}

static void end_in_fault(struct parse *parse, const char *name)
{
    enum { OF_OMI };
    static const char *const codes[] = {"OMI_Code", "error_Code", "StatusCode"};
    static const char *const words[] = {"Text", "Message", "error_Message", "Description",
                                        "FaultDetail"};
    const char *text = collected(parse);
    find_code_of_wmi(parse, text);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(name, codes[i]))
            take_code(parse, text, i == OF_OMI);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(name, words[i]) && !*parse->soap.fault.text && text[strspn(text, " \t\r\n")])
            parse->soap.fault.text = text;
}

static void end_of_part(struct parse *parse, const char *name)
{
    if (is_property(parse))
        end_cell(parse, name);
    else if (parse->depth == AT_PART && !strcmp(name, "EnumerationContext"))
        parse->soap.context = collected(parse);
}

static void XMLCALL end_element(void *context, const char *full_name)
{
    struct parse *parse = context;
    const char *name = local(full_name);
    if (parse->problem) /* of an empty element the end comes, even so */
        return;
    if (parse->section == SECTION_HEADER && !strcmp(name, "RelatesTo"))
        parse->soap.relates_to = collected(parse);
    else if (parse->section == SECTION_BODY && parse->soap.is_fault && parse->collects)
        end_in_fault(parse, name);
    else if (parse->section == SECTION_BODY && !parse->soap.is_fault)
        end_of_part(parse, name);
    if (parse->depth == AT_PART)
        parse->in_items = false;
    if (parse->depth == AT_SECTION)
        parse->section = SECTION_NONE;
    parse->depth--;
}

static void XMLCALL take_text(void *context, const char *text, int length)
{
    struct parse *parse = context;
    if (!parse->collects)
        return;
    text_add(&parse->collector, text, (size_t)length);
    if (parse->collector.failed)
        no_memory(parse);
}

static void XMLCALL refuse_doctype(void *context, const char *name, const char *system_id,
                                   const char *public_id, int has_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    stop(context, "it has a document type, which SOAP never has");
}

static void XMLCALL see_declaration(void *context, const char *version, const char *encoding,
                                    int standalone)
{
    struct parse *parse = context;
    (void)version, (void)standalone;
    parse->other_encoding = encoding && strcasecmp(encoding, "UTF-8") != 0;
}

/* ---- rows in the form that most have ---- */

/* Behind the first "Items>"; 0: there is none. Whether it begins any, the parser tells. */
static size_t find_items(const char *bytes, size_t length)
{
    static const char items[] = "Items>";
    const size_t size = sizeof items - 1;
    for (const char *at = bytes, *end = bytes + length;
         (at = memchr(at, '>', (size_t)(end - at))) != NULL;) {
        at++;
        if ((size_t)(at - bytes) >= size && !memcmp(at - size, items, size))
            return (size_t)(at - bytes);
    }
    return 0;
}

/* XML does not have U+FFFE and U+FFFF, which begin so. */
static bool is_utf8_of_xml(const char *text, size_t length)
{
    return utf8_valid(text, length) && !strstr(text, "\xEF\xBF");
}

/* How many bytes were rows. */
static size_t take_fragments(struct parse *parse, const char *bytes, size_t length)
{
    char *copy = arena_text(parse->arena, bytes, length);
    struct fragments fragments = {.at = copy};
    if (!copy) {
        no_memory(parse);
        return 0;
    }
    fragments.ascii = !is_utf8_of_xml(copy, length);
    for (struct soap_row *row; (row = fragment_next(&fragments, parse->arena));) {
        add_row(parse, row);
        if (parse->problem)
            break;
    }
    if (parse->arena->failed)
        no_memory(parse);
    return (size_t)(fragments.at - copy);
}

/* ---- all of it ---- */

/* OMI fills up with NULs; one of two bytes is part of a character of UTF-16. */
static size_t without_padding(const char *bytes, size_t length)
{
    bool wide = length >= 2 && (!bytes[0] || !bytes[1] || (unsigned char)bytes[0] >= 0xFE);
    while (length && !bytes[length - 1] && (!wide || (length > 1 && !bytes[length - 2])))
        length -= wide ? 2 : 1;
    return length;
}

static bool conclude(struct parse *parse, enum XML_Status status, struct error *err)
{
    if (parse->no_memory || XML_GetErrorCode(parse->parser) == XML_ERROR_NO_MEMORY)
        return error_memory(err);
    if (parse->problem)
        return error_set_code(err, READ_INVALID, "not a WinRM answer: %s", parse->problem);
    if (status != XML_STATUS_OK)
        return error_set_code(err, READ_INVALID, "not a WinRM answer: its XML is wrong (%s)",
                              XML_ErrorString(XML_GetErrorCode(parse->parser)));
    if (!*parse->soap.kind)
        return error_set_code(err, READ_INVALID, "not a WinRM answer: its body is empty");
    if (parse->code_of_wmi) {
        parse->soap.fault.has_code = true;
        parse->soap.fault.code = parse->code_of_wmi;
    }
    return true;
}

/* The parser first as far as the rows, then what these are, then the parser with what is left. */
static enum XML_Status parse_all(struct parse *parse, const char *bytes, size_t length,
                                 bool by_parser)
{
    size_t items = by_parser ? 0 : find_items(bytes, length), taken = 0;
    if (items) {
        enum XML_Status status = XML_Parse(parse->parser, bytes, (int)items, XML_FALSE);
        if (status != XML_STATUS_OK)
            return status;
        bool begun = parse->in_items && parse->items_at == (XML_Index)items;
        if (begun && !parse->other_encoding)
            taken = take_fragments(parse, bytes + items, length - items);
        if (parse->problem)
            return XML_STATUS_ERROR;
    }
    return XML_Parse(parse->parser, bytes + items + taken, (int)(length - items - taken), XML_TRUE);
}

static bool parse_soap(const char *bytes, size_t length, bool by_parser, struct arena *arena,
                       struct soap *ret, struct error *err)
{
    /* Named, so that what stands in for them in a test is asked here, too. */
    static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
    struct parse parse = {
        .arena = arena,
        .soap = {.kind = "", .relates_to = "", .context = "", .fault = {.text = ""}},
    };
    parse.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (!parse.parser)
        return error_memory(err);
    XML_SetUserData(parse.parser, &parse);
    XML_SetElementHandler(parse.parser, begin_element, end_element);
    XML_SetCharacterDataHandler(parse.parser, take_text);
    XML_SetStartDoctypeDeclHandler(parse.parser, refuse_doctype);
    XML_SetXmlDeclHandler(parse.parser, see_declaration);
    length = without_padding(bytes, length);
    enum XML_Status status = parse_all(&parse, bytes, length, by_parser);
    bool parsed = conclude(&parse, status, err);
    XML_ParserFree(parse.parser);
    text_free(&parse.collector);
    if (parsed)
        *ret = parse.soap;
    return parsed;
}

bool soap_parse(const char *bytes, size_t length, struct arena *arena, struct soap *ret,
                struct error *err)
{
    return parse_soap(bytes, length, false, arena, ret, err);
}

bool soap_parse_by_parser(const char *bytes, size_t length, struct arena *arena, struct soap *ret,
                          struct error *err)
{
    return parse_soap(bytes, length, true, arena, ret, err);
}

const char *soap_cell(const struct soap_row *row, const char *name, bool *ret_there)
{
    for (const struct soap_cell *cell = row->cells; cell; cell = cell->next)
        if (!strcmp(cell->name, name)) {
            *ret_there = true;
            return cell->text;
        }
    *ret_there = false;
    return NULL;
}

bool soap_whole(const char *text, uint64_t most, uint64_t *ret)
{
    uint64_t number = 0;
    if (!text || !*text)
        return false;
    for (; *text; text++) {
        uint64_t digit = (uint64_t)(*text - '0'); /* of another character it is larger */
        if (digit > 9 || number > most / 10 || digit > most - number * 10)
            return false;
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}
