# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a PowerShell script, in as much of the language as scripts of this project use.

There is no PowerShell for the tests. This takes the syntax tree of a grammar that others maintain, and gives it the
meaning that Microsoft's reference (about_*) has for it. It knows no more than what a script may use on PowerShell 2
and in Constrained Language: the types, commands and parameters below, no method and no property that is set; whatever
else stands in a script is an error of the test, executed or not. So it shows what a script does if Windows' own
PowerShell reads it as the reference says, and that is not the same as having been run there.
"""
import datetime
import fnmatch
import json
import re
import subprocess


class Unsupported(Exception):
    """The script holds what this does not know."""


class Thrown(Exception):
    """A terminating error of the script's."""


class Exit(Exception):
    """`exit`."""


class Return(Exception):
    pass


class Break(Exception):
    pass


class Object:
    """What a command gives out: properties, by names of any case."""

    def __init__(self, **properties):
        self.properties = {name.lower(): (name, value) for name, value in properties.items()}

    def get(self, name):
        return self.properties.get(name.lower(), (None, None))[1]

    def names(self):
        return [name for name, _ in self.properties.values()]


# Allowed in Constrained Language, and known to PowerShell 2.
TYPES = {"string", "int", "double", "switch", "datetime"}
# Commands, as PowerShell 2 has them: parameters that take no value, those that take one, and the order of the
# latter where they are given without their names.
COMMANDS = {
    "export-csv": ({"-notypeinformation"}, {"-path", "-encoding"}, ["-path"]),
    "foreach-object": (set(), {"-process"}, ["-process"]),
    "get-acl": (set(), {"-path"}, ["-path"]),
    "get-childitem": ({"-force"}, {"-path"}, ["-path"]),
    "get-item": ({"-force"}, {"-path"}, ["-path"]),
    "get-wmiobject": (set(), {"-namespace", "-class", "-query"}, ["-class"]),
    "new-item": (set(), {"-itemtype", "-path"}, ["-path"]),
    "out-null": (set(), set(), []),
    "remove-item": (set(), {"-path", "-erroraction"}, ["-path"]),
    "set-content": (set(), {"-path", "-value", "-encoding"}, ["-path", "-value"]),
    "sort-object": (set(), set(), []),
    "start-sleep": (set(), {"-seconds", "-milliseconds"}, ["-seconds"]),
    "test-path": (set(), {"-path"}, ["-path"]),
    "where-object": (set(), {"-filterscript"}, ["-filterscript"]),
    "write-output": (set(), {"-inputobject"}, ["-inputobject"]),
}
# Variables of PowerShell's own, which a script must not take for itself.
AUTOMATIC = {"args", "error", "false", "home", "host", "input", "lastexitcode", "matches", "myinvocation", "null",
             "pid", "profile", "pscmdlet", "pshome", "psversiontable", "pwd", "this", "true", "_"}
# Every node that may stand in a script; what is not listed (a method, a class, a pipeline chain ...) is unknown.
NODES = set("""program comment param_block parameter_list script_parameter script_parameter_default attribute_list
    attribute type_literal type_spec type_name type_identifier statement_list pipeline pipeline_chain
    assignment_expression left_assignment_expression assignement_operator logical_expression bitwise_expression
    comparison_expression comparison_operator additive_expression multiplicative_expression format_expression
    format_operator range_expression array_literal_expression unary_expression expression_with_unary_operator
    cast_expression string_literal verbatim_string_characters expandable_string_literal variable braced_variable
    integer_literal decimal_integer_literal parenthesized_expression array_expression sub_expression
    hash_literal_expression hash_literal_body hash_entry key_expression member_access member_name simple_name
    element_access post_increment_expression script_block_expression script_block script_block_body
    function_statement function_name function_parameter_declaration if_statement else_clause foreach_statement
    for_statement for_initializer for_condition for_iterator flow_control_statement trap_statement try_statement
    catch_clauses catch_clause statement_block empty_statement command command_name command_name_expr
    command_invokation_operator path_command_name command_elements command_argument_sep command_parameter
    generic_token""".split())


class Node:
    def __init__(self, plain, text):
        self.type, self.start, self.end, self.error, children = plain
        self.text = text[self.start:self.end]
        self.children = [Node(child, text) for child in children]

    def of(self, kind):
        return next((child for child in self.children if child.type == kind), None)

    def all(self, kind):
        return [child for child in self.children if child.type == kind]

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def meant(self):
        """The children that have a meaning: no comments, brackets and separators."""
        return [child for child in self.children if child.type in NODES and child.type != "comment"
                and child.type != "command_argument_sep"]


def parse(text, grammar, parser):
    # The lexer is one large function, over which the optimizing compiler would sit for ten seconds.
    done = subprocess.run(["node", "--liftoff-only", parser, grammar], input=text, check=True,
                          stdout=subprocess.PIPE, encoding="utf-8")
    return Node(json.loads(done.stdout), text)


def syntax_errors(tree):
    return [f"offset {node.start}: {node.text[:60]!r}" for node in tree.walk() if node.error]


def innermost(node):
    """What an expression is, without those around it that stand for nothing."""
    while len(node.children) == 1 and node.type != "variable":
        node = node.children[0]
    return node


def strange(tree):
    """What the language knows and the oldest or the strictest PowerShell does not, or this does not."""
    functions = {name.text.lower() for name in (node.of("function_name") for node in tree.walk()
                                                if node.type == "function_statement")}
    for node in tree.walk():
        if re.match(r"[a-z]+_", node.type) and node.type not in NODES:
            yield f"{node.type}: {node.text[:60]!r}"
        if node.type == "type_identifier" and node.text.lower() not in TYPES:
            yield f"the type {node.text}"
        if node.type == "left_assignment_expression":
            left = innermost(node)
            if left.type not in ("variable", "element_access", "array_literal_expression"):
                yield f"something that is set: {left.text}"
            if left.text.strip("${}").lower() in AUTOMATIC:
                yield f"a variable of PowerShell's own: {left.text}"
        if node.type == "command" and not node.of("command_invokation_operator"):
            name = node.of("command_name").text.lower()
            given = {item.text.lower() for item in (node.of("command_elements") or node).all("command_parameter")}
            if name in functions:
                known = set()
            elif name in COMMANDS:
                known = COMMANDS[name][0] | COMMANDS[name][1]
            else:
                yield f"the command {name}"
                continue
            yield from (f"{name} {parameter}" for parameter in sorted(given - known))


# --- values

def text_of(value):
    """A value in a string: invariant of the country."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(text_of(item) for item in value)
    if isinstance(value, float):
        return format(value, ".15g").replace("e", "E")
    if isinstance(value, (str, int)):
        return str(value)
    raise Unsupported(f"a {type(value).__name__} in a string")


def is_true(value):
    if isinstance(value, list):
        return len(value) > 1 or (len(value) == 1 and is_true(value[0]))
    return bool(value)


def items_of(value):
    """What goes down a pipeline."""
    return value if isinstance(value, list) else [] if value is None else [value]


def value_of(output):
    """What a command leaves behind in a variable."""
    return None if not output else output[0] if len(output) == 1 else output


def regex(pattern):
    return re.compile(text_of(pattern), re.I)


def is_equal(left, right):
    if isinstance(left, str):
        return left.lower() == text_of(right).lower()
    if isinstance(left, (int, float)) and isinstance(right, str):
        return float(left) == float(right)
    return left == right


def compare(left, operator, right):
    if operator == "-match" and isinstance(left, list):
        return [item for item in left if regex(right).search(text_of(item))]
    if operator in ("-match", "-notmatch"):
        return bool(regex(right).search(text_of(left))) == (operator == "-match")
    if operator in ("-like", "-notlike"):
        return fnmatch.fnmatchcase(text_of(left).lower(), text_of(right).lower()) == (operator == "-like")
    if operator in ("-contains", "-notcontains"):
        return any(is_equal(item, right) for item in items_of(left)) == (operator == "-contains")
    if operator == "-replace":
        pattern, by = right if isinstance(right, list) else [right, ""]
        return regex(pattern).sub(re.sub(r"\$(\d)", r"\\\1", by.replace("\\", r"\\")), text_of(left))
    if operator == "-split":
        return regex(right).split(text_of(left))
    if operator == "-join":
        return text_of(right).join(text_of(item) for item in items_of(left))
    if isinstance(left, list):
        raise Unsupported(f"a list {operator}")
    if operator in ("-eq", "-ne"):
        return is_equal(left, right) == (operator == "-eq")
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return {"-lt": left < right, "-gt": left > right, "-le": left <= right, "-ge": left >= right}[operator]
    raise Unsupported(f"{left!r} {operator} {right!r}")


def calculate(left, operator, right):
    if operator == "+" and isinstance(left, list):
        return left + (right if isinstance(right, list) else [right])
    if operator == "+" and isinstance(left, str):
        return left + text_of(right)
    left, right = (0 if value is None else value for value in (left, right))
    if not all(isinstance(value, (int, float)) for value in (left, right)):
        raise Unsupported(f"{left!r} {operator} {right!r}")
    if operator == "/" and not (isinstance(left, float) or isinstance(right, float)):
        raise Unsupported("a division of integers")
    return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
            "/": lambda: left / right}[operator]()


def put_into(form, values):
    """-f, with {0} and {0:00} alone."""
    def one(found):
        value = values[int(found.group(1))]
        if not found.group(2):
            return text_of(value)
        return format(value, f"0{len(found.group(2)) - 1}d")
    if re.search(r"[{}]", re.sub(r"\{\d(:0+)?\}", "", form)):
        raise Unsupported(f"the format {form}")
    return re.sub(r"\{(\d)(:0+)?\}", one, form)


def cast(kind, value):
    kind = kind.lower()
    if kind in ("int", "double"):
        try:
            number = float(0 if value is None else value)
        except ValueError:
            raise Thrown(f'Cannot convert value "{value}" to type "{kind}".') from None
        return number if kind == "double" else round(number)
    if kind == "string":
        return text_of(value)
    if kind == "switch":
        return bool(value)
    raise Unsupported(f"a cast to {kind}")


class Table(dict):
    """A hash table: keys of any case."""

    def __getitem__(self, key):
        return self.get(key.lower(), (None, None))[1]

    def put(self, key, value):
        super().__setitem__(key.lower(), (key, value))

    def names(self):
        return [key for key, _ in self.values()]


# --- playing

class Player:
    """A script that runs. `windows` is what it runs on: environment, and a function for every command."""

    def __init__(self, tree, windows):
        self.tree = tree
        self.windows = windows
        self.functions = {}
        self.scopes = [{"true": True, "false": False, "null": None, "lastexitcode": None}]

    def run(self, arguments):
        """What it writes, and the exit status of `powershell -File`, of version 2."""
        output = []
        try:
            self.bind(self.tree.of("param_block"), arguments)
            self.statements(self.tree.of("statement_list"), output)
        except Exit as leaving:
            return [text_of(line) for line in output], leaving.args[0]
        except Thrown as error:
            return [text_of(line) for line in output] + [f"an error: {error}"], 0
        return [text_of(line) for line in output], 0

    def bind(self, block, arguments):
        left = {name.lower(): value for name, value in arguments.items()}
        for parameter in block.of("parameter_list").all("script_parameter"):
            name = parameter.of("variable").text[1:]
            kind = parameter.of("attribute_list").text.strip("[]")
            preset = parameter.of("script_parameter_default")
            value = self.value(preset.meant()[0]) if preset else None
            self.set(name, cast(kind, left.pop(name.lower(), value)))
        if left:
            raise Unsupported(f"parameters {sorted(left)}")

    # names

    def get(self, name):
        name = name.lower()
        if name.startswith("env:"):
            return self.windows.environment.get(name[4:])
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def set(self, name, value):
        self.scopes[-1][name.lower()] = value

    # statements

    def statements(self, block, output):
        statements = block.meant() if block else []
        trap = next((one for one in statements if one.type == "trap_statement"), None)
        try:
            for statement in statements:
                self.statement(statement, output)
        except Thrown as error:
            if not trap:
                raise
            self.with_scope(trap.of("statement_block").of("statement_list"), {"_": str(error)}, output)
            raise Unsupported("a trap that does not exit") from error

    def with_scope(self, block, variables, output):
        self.scopes.append(dict(variables))
        try:
            self.statements(block, output)
        finally:
            self.scopes.pop()

    def block(self, node, output):
        self.statements(node.of("statement_list"), output)

    def statement(self, node, output):
        getattr(self, "do_" + node.type)(node, output)

    def do_trap_statement(self, node, output):
        pass

    def do_empty_statement(self, node, output):
        pass

    def do_function_statement(self, node, output):
        self.functions[node.of("function_name").text.lower()] = node

    def do_pipeline(self, node, output):
        inner = node.meant()[0]
        if inner.type == "assignment_expression":
            self.assign(inner)
        else:
            output += self.chain(inner)

    def do_if_statement(self, node, output):
        if is_true(self.value(node.of("pipeline"))):
            self.block(node.of("statement_block"), output)
        elif node.of("else_clause"):
            self.block(node.of("else_clause").of("statement_block"), output)

    def do_foreach_statement(self, node, output):
        try:
            for item in items_of(self.value(node.of("pipeline"))):
                self.set(node.of("variable").text[1:], item)
                self.block(node.of("statement_block"), output)
        except Break:
            pass

    def do_for_statement(self, node, output):
        self.statement(node.of("for_initializer").meant()[0], [])
        try:
            while is_true(self.value(node.of("for_condition").meant()[0])):
                self.block(node.of("statement_block"), output)
                self.value(node.of("for_iterator").meant()[0])
        except Break:
            pass

    def do_try_statement(self, node, output):
        clause = node.of("catch_clauses").of("catch_clause")
        try:
            self.block(node.of("statement_block"), output)
        except Thrown as error:
            kept = self.get("_")
            self.set("_", str(error))
            self.block(clause.of("statement_block"), output)
            self.set("_", kept)

    def do_flow_control_statement(self, node, output):
        what = node.children[0].text.lower()
        value = self.value(node.of("pipeline")) if node.of("pipeline") else None
        if what == "throw":
            raise Thrown(text_of(value))
        if what == "exit":
            raise Exit(value)
        if what == "break":
            raise Break
        if what == "return":
            output += items_of(value)
            raise Return
        raise Unsupported(what)

    def assign(self, node):
        left, operator, right = node.meant()
        value = self.value(right)
        target = innermost(left)
        if operator.text == "+=":
            value = calculate(self.value(target), "+", value)
        elif operator.text != "=":
            raise Unsupported(operator.text)
        if target.type == "variable":
            self.set(target.text.strip("${}"), value)
        elif target.type == "element_access":
            holder, key = target.meant()
            self.value(holder).put(text_of(self.value(key)), value)
        elif target.type == "array_literal_expression":
            names, values = target.meant(), items_of(value)
            for i, name in enumerate(names):
                last = i == len(names) - 1
                rest = values[i:] if last else values[i:i + 1]
                self.set(innermost(name).text[1:], value_of(rest))
        else:
            raise Unsupported(f"an assignment to {target.type}")

    # pipelines and commands

    def chain(self, node):
        elements = node.meant()
        output = self.command(elements[0], []) if elements[0].type == "command" else \
            items_of(self.value(elements[0]))
        for element in elements[1:]:
            output = self.command(element, output)
        return output

    def command(self, node, received):
        elements = node.of("command_elements")
        arguments = elements.meant() if elements else []
        operator = node.of("command_invokation_operator")
        if operator:
            return self.program(node.of("command_name_expr"), arguments)
        name = node.of("command_name").text.lower()
        if name in self.functions:
            return self.call(self.functions[name], [self.value(argument) for argument in arguments])
        return self.cmdlet(name, arguments, received)

    def program(self, name, arguments):
        inner = name.meant()[0]
        called = text_of(self.value(inner.meant()[0])) if inner.type == "path_command_name" else inner.text
        words = [text_of(word) for argument in arguments for word in items_of(self.value(argument))]
        lines, status = self.windows.program(called.lower(), words)
        self.scopes[0]["lastexitcode"] = status
        return lines

    def call(self, function, values):
        declared = function.of("function_parameter_declaration")
        names = [parameter.of("variable").text[1:].lower() for parameter in
                 (declared.of("parameter_list").all("script_parameter") if declared else [])]
        if len(values) != len(names):
            raise Unsupported(f"{function.of('function_name').text}: {len(values)} arguments")
        output = []
        body = function.of("script_block").of("script_block_body").of("statement_list")
        try:
            self.with_scope(body, dict(zip(names, values)), output)
        except Return:
            pass
        return output

    def cmdlet(self, name, arguments, received):
        flags, valued, order = COMMANDS[name]
        given, order = {}, list(order)
        arguments = list(arguments)
        while arguments:
            argument = arguments.pop(0)
            key = argument.text.lower()
            if argument.type != "command_parameter":
                given[order.pop(0)] = self.value(argument)
            elif key in flags:
                given[key] = True
            else:
                given[key] = self.value(arguments.pop(0))
                if key in order:
                    order.remove(key)
        if name == "foreach-object":
            return [out for item in received for out in self.on_item(given["-process"], item)]
        if name == "where-object":
            return [item for item in received
                    if is_true(value_of(self.on_item(given["-filterscript"], item)))]
        if name == "sort-object":
            return sorted(received, key=lambda item: text_of(item).lower())
        if name == "out-null":
            return []
        if name == "write-output":
            return items_of(given["-inputobject"])
        named = {key[1:]: value for key, value in given.items()}
        if "erroraction" not in named and self.get("ErrorActionPreference") != "Stop":
            raise Unsupported("errors that do not stop")
        try:
            return items_of(getattr(self.windows, name.replace("-", "_"))(received, **named))
        except Thrown:
            if named.get("erroraction") == "SilentlyContinue":
                return []
            raise

    def on_item(self, block, item):
        """A script block of ForEach-Object or Where-Object, which runs in the scope where it stands."""
        kept, output = self.get("_"), []
        self.set("_", item)
        self.statements(block.of("script_block").of("script_block_body").of("statement_list"), output)
        self.set("_", kept)
        return output

    # expressions

    def value(self, node):
        while node.type.endswith("_expression") and len(node.children) == 1:
            node = node.children[0]
        return getattr(self, "value_" + node.type)(node)

    def value_pipeline(self, node):
        return value_of(self.chain(node.meant()[0])) if not self.is_plain(node) else \
            self.value(node.meant()[0].meant()[0])

    @staticmethod
    def is_plain(node):
        """A pipeline of one expression, which hands on an array as it is."""
        elements = node.meant()[0].meant()
        return len(elements) == 1 and elements[0].type != "command"

    value_pipeline_chain = None  # always within a pipeline

    def value_variable(self, node):
        return self.get(node.text.strip("${}"))

    def value_string_literal(self, node):
        return self.value(node.children[0])

    def value_verbatim_string_characters(self, node):
        return node.text[1:-1].replace("''", "'")

    def value_expandable_string_literal(self, node):
        text, at = "", node.start + 1
        for child in node.children + [None]:
            end = child.start if child else node.end - 1
            between = node.text[at - node.start:end - node.start]
            if "`" in between or "$" in between or '"' in between:
                raise Unsupported(f"the string {node.text}")
            text += between + (text_of(self.value(child)) if child else "")
            at = child.end if child else 0
        return text

    def value_integer_literal(self, node):
        return int(node.text)

    def value_generic_token(self, node):
        if "$" in node.text or "`" in node.text:
            raise Unsupported(f"the word {node.text}")
        return node.text

    def value_command_parameter(self, node):  # to a program
        return node.text

    def value_parenthesized_expression(self, node):
        return self.value(node.of("pipeline"))

    def value_sub_expression(self, node):
        output = []
        self.statements(node.of("statement_list"), output)
        return value_of(output)

    def value_array_expression(self, node):
        output = []
        self.statements(node.of("statement_list"), output)
        return output

    def value_array_literal_expression(self, node):
        return [self.value(child) for child in node.meant()]

    def value_hash_literal_expression(self, node):
        table = Table()
        for entry in (node.of("hash_literal_body").all("hash_entry") if node.of("hash_literal_body") else []):
            key, value = entry.meant()
            table.put(self.value(key.meant()[0]), self.value(value))
        return table

    def value_script_block_expression(self, node):
        return node

    def value_logical_expression(self, node):
        left, operator, right = node.children
        operator = operator.text.lower()
        left = is_true(self.value(left))
        if operator not in ("-and", "-or"):
            raise Unsupported(operator)
        return left if left == (operator == "-or") else is_true(self.value(right))

    def value_comparison_expression(self, node):
        left, operator, right = node.meant()
        return compare(self.value(left), operator.text.lower(), self.value(right))

    def value_additive_expression(self, node):
        left, operator, right = [child for child in node.children if child.type != "comment"]
        return calculate(self.value(left), operator.text, self.value(right))

    value_multiplicative_expression = value_additive_expression

    def value_format_expression(self, node):
        form, _, values = node.meant()
        return put_into(self.value(form), items_of(self.value(values)))

    def value_expression_with_unary_operator(self, node):
        if len(node.meant()) == 1 and node.children[0].text.lower() == "-not":
            return not is_true(self.value(node.meant()[0]))
        if len(node.children) == 1:
            return self.value(node.children[0])
        raise Unsupported(node.text)

    def value_cast_expression(self, node):
        kind, value = node.meant()
        return cast(kind.text.strip("[]"), self.value(value))

    def value_post_increment_expression(self, node):
        name = node.meant()[0].text[1:]
        self.set(name, calculate(self.get(name), "+", 1))

    def value_member_access(self, node):
        holder, member = node.meant()
        if holder.type == "type_literal":
            if node.text.lower() == "[datetime]::utcnow":
                return self.windows.now()
            raise Unsupported(node.text)
        inner = member.meant()[0]
        name = inner.text if inner.type == "simple_name" else text_of(self.value(inner))
        return self.member(self.value(holder), name)

    def member(self, holder, name):
        if isinstance(holder, list) and name.lower() == "count":
            return len(holder)
        if isinstance(holder, Table) and name.lower() == "keys":
            return holder.names()
        if isinstance(holder, datetime.datetime):
            return {"year": holder.year, "month": holder.month, "day": holder.day, "hour": holder.hour,
                    "minute": holder.minute, "second": holder.second,
                    "millisecond": holder.microsecond // 1000}[name.lower()]
        if isinstance(holder, Object):
            return holder.get(name)
        if holder is None:
            return None
        raise Unsupported(f"{type(holder).__name__}.{name}")

    def value_element_access(self, node):
        holder, key = [self.value(child) for child in node.meant()]
        if isinstance(holder, Table):
            return holder[text_of(key)]
        if isinstance(holder, list) and isinstance(key, int):
            return holder[key] if key < len(holder) else None
        raise Unsupported(node.text)
