#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""Writes mutants into C++ text, each behind a switch (switch.hpp), so that one program holds all of them: a
comparison, && or || turned into its neighbour, a ! left out, a constant one more or one less, true for false,
an early return or continue left out.

It reads our own, formatted code: a binary operator has a space before it, a template's bracket has none.
"""
import copy
import dataclasses
import re

TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|\#[^\n]*)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>(?:0[xX][0-9a-fA-F']+|[0-9][0-9']*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)[uUlLzZ]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|<=>|\.\.\.|->\*|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE)

OPEN = {"(": ")", "[": "]", "{": "}"}
CLOSE = {")", "]", "}"}
ENDS = {",", ";", "?", ":", "=", "+=", "-=", "|=", "&=", "return", "co_return", "throw", "else"}
COMPARISONS = {"<": ("less", "<="), "<=": ("less_equal", "<"), ">": ("greater", ">="),
               ">=": ("greater_equal", ">")}


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    begin: int
    end: int
    spaced: bool  # whether a space is before it


@dataclasses.dataclass
class Mutant:
    id: int
    file: str
    line: int
    function: str
    source: str  # the line
    before: str
    after: str
    once: bool   # whether it is computed only once in a program
    nth: int = 1  # of those in the same function that are written alike

    def is_written_like(self, other):
        return ((self.function, self.source, self.before, self.after)
                == (other.function, other.source, other.before, other.after))

    def change(self):
        number = f" (no. {self.nth})" if self.nth > 1 else ""
        return f"{self.before} -> {self.after or 'nothing'}{number}"

    def key(self):
        return f"{self.file} | {self.function} | {self.source} | {self.change()}"


def tokens_of(text):
    tokens, spaced = [], False
    for found in TOKEN.finditer(text):
        if found.lastgroup == "skip":
            spaced = True
            continue
        tokens.append(Token(found.lastgroup, found.group(), found.start(), found.end(), spaced))
        spaced = False
    return tokens


class Source:
    """One file; `write` gives its text with switches, except on `refused_lines`; `mutants` what they are."""

    def __init__(self, name, text, first_id, refused_lines=frozenset()):
        self.name, self.text, self.next_id = name, text, first_id
        self.tokens = tokens_of(text)
        self.mutants, self.refused = [], []
        self.begins = {}    # position -> [(how far it reaches, text)]
        self.ends = {}      # position -> [(how far it reaches, text)]
        self.replaced = {}  # token's index -> text
        self.end_of_static = -1  # of the statement that is being looked at
        self.of_constants = {"file"}  # functions that make constants
        self.match_brackets()
        self.find_functions()
        for at in range(len(self.tokens)):
            if self.line_of(at) in refused_lines:
                self.leave_as_it_is(at)
            else:
                self.look_at(at)

    def match_brackets(self):
        self.partner, stack = {}, []
        for at, token in enumerate(self.tokens):
            if token.kind == "sign" and token.text in OPEN:
                stack.append(at)
            elif token.kind == "sign" and token.text in CLOSE:
                self.partner[stack[-1]], self.partner[at] = at, stack[-1]
                stack.pop()

    def line_of(self, at):
        return self.text.count("\n", 0, self.tokens[at].begin) + 1

    def leave_as_it_is(self, at):
        kept = copy.deepcopy((self.mutants, self.begins, self.ends, self.replaced))
        count = len(self.mutants)
        self.look_at(at)
        self.refused += self.mutants[count:]
        self.mutants, self.begins, self.ends, self.replaced = kept

    def text_at(self, at):
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def find_functions(self):
        """The name of the function that each token is in, and the brackets that end a function."""
        self.function_of = [""] * len(self.tokens)
        self.function_ends = set()
        stack = []  # of (kind, name, end)
        for at, token in enumerate(self.tokens):
            while stack and at > stack[-1][2]:
                stack.pop()
            names = [name for kind, name, _ in stack if kind == "function"]
            outer = names or [name for kind, name, _ in stack if kind == "class"]
            self.function_of[at] = outer[-1 if not names else 0] if outer else "file"
            if token.text != "{" or token.kind != "sign":
                continue
            kind, name = self.kind_of_block(at, bool(names))
            stack.append((kind, name, self.partner[at]))
            if kind in ("function", "lambda"):
                self.function_ends.add(self.partner[at])

    def kind_of_block(self, at, inside):
        if self.text_at(at - 1) == ")" and self.text_at(self.partner[at - 1] - 1) == "]":
            return "lambda", ""
        begin = at
        while begin > 0 and self.text_at(begin - 1) not in (";", "{", "}"):
            begin = self.partner[begin - 1] if self.text_at(begin - 1) in (")", "]") else begin - 1
            # The braces of a member that a constructor initializes.
            while self.text_at(begin - 1) == "}" and self.text_at(begin) in (",", "{"):
                begin = self.partner[begin - 1]
        head = [token.text for token in self.tokens[begin:at]]
        if not inside and head[:1] == ["namespace"]:
            return "namespace", ""
        keys = [i for i, word in enumerate(head) if word in ("class", "struct", "enum")]
        if keys and "(" not in head:
            return "class", head[keys[-1] + 1]
        for index in range(begin, at):
            if self.text_at(index) != "(":
                continue
            if inside:
                return "block", ""
            name = self.text_at(index - 1)
            return "function", "operator()" if name == ")" else name
        return "block", ""

    def enclose(self, begin, end, before, after):
        self.begins.setdefault(begin, []).append((end, before))
        self.ends.setdefault(end, []).append((begin, after))

    def add(self, at, before, after):
        line = self.line_of(at)
        source = self.text.splitlines()[line - 1].strip()
        once = self.function_of[at] in self.of_constants or at <= self.end_of_static
        mutant = Mutant(self.next_id, self.name, line, self.function_of[at], source, before, after, once)
        mutant.nth = 1 + sum(mutant.is_written_like(other) for other in self.mutants)
        self.mutants.append(mutant)
        self.next_id += 1
        return mutant.id

    def left_end(self, at, stops):
        """The first token of the left operand of the operator at `at`."""
        begin = at
        while begin > 0:
            token = self.tokens[begin - 1]
            if token.kind == "sign" and token.text in CLOSE:
                begin = self.partner[begin - 1]
                continue
            if token.text in ENDS or token.text in OPEN or (token.text in stops and token.spaced):
                break
            begin -= 1
        return begin

    def right_end(self, at, stops):
        """The last token of the right operand."""
        end = at
        while True:
            token = self.tokens[end + 1]
            if token.kind == "sign" and token.text in OPEN:
                end = self.partner[end + 1]
                continue
            if token.text in ENDS or token.text in CLOSE or (token.text in stops and token.spaced):
                break
            end += 1
        return end

    def operator(self, at, left_stops, right_stops, before, middle, after):
        self.enclose(self.tokens[self.left_end(at, left_stops)].begin,
                     self.tokens[self.right_end(at, right_stops)].end, before, after)
        self.replaced[at] = middle

    def look_at(self, at):
        token = self.tokens[at]
        text, previous = token.text, self.text_at(at - 1)
        if text == "static":
            self.end_of_static = max(self.end_of_static, self.end_of_statement(at))
        elif text == "constexpr" and previous != "if":
            # A constant expression has no switches. Constructors are then written without.
            constructor = self.tokens[at + 1].kind == "name" and self.text_at(at + 2) == "("
            self.replaced[at] = "" if constructor else "const"
            if constructor:
                self.of_constants.add(self.text_at(at + 1))
        elif token.kind == "sign" and token.spaced and text in ("==", "!="):
            id = self.add(at, text, "!=" if text == "==" else "==")
            stops = {"&&", "||"}
            self.operator(at, stops, stops | {"==", "!="}, "((", text, f") != mutants::on({id}))")
        elif token.kind == "sign" and token.spaced and text in COMPARISONS and previous != "template":
            name, neighbour = COMPARISONS[text]
            id = self.add(at, text, neighbour)
            stops = {"&&", "||", "==", "!="}
            self.operator(at, stops, stops, f"mutants::{name}({id}, ", ", ", ")")
        elif token.kind == "sign" and token.spaced and text in ("&&", "||"):
            # By De Morgan: no operand stands here twice, and the right one is only looked at when needed.
            id = self.add(at, text, "||" if text == "&&" else "&&")
            stops = {"||"} if text == "&&" else set()
            self.operator(at, stops, {"||", "&&"} if text == "&&" else {"||"}, "(((bool(",
                          f") != mutants::on({id})) {text} (bool(",
                          f") != mutants::on({id}))) != mutants::on({id}))")
        elif token.kind == "sign" and text == "!":
            self.enclose(token.begin, token.end, f"mutants::on({self.add(at, '!', '')}) != ", "")
        elif token.kind == "number":
            self.number(at)
        elif text in ("true", "false"):
            id = self.add(at, text, "false" if text == "true" else "true")
            self.replaced[at] = f"({text} != mutants::on({id}))"
        elif text in ("return", "co_return", "continue"):
            self.statement(at)

    def number(self, at):
        text, previous, following = self.tokens[at].text, self.text_at(at - 1), self.text_at(at + 1)
        array_bound = previous == "[" and following == "]" and self.text_at(at + 2) in (";", "=")
        template_argument = previous in ("<", ",") and following == ">" and not self.tokens[at + 1].spaced
        if array_bound or template_argument:
            return
        id = self.add(at, text, f"{text} + 1")
        self.add(at, text, f"{text} - 1")
        self.replaced[at] = f"mutants::number({id}, {text})"

    def end_of_statement(self, at):
        while self.text_at(at) != ";":
            at = self.partner[at + 1] if self.text_at(at + 1) in OPEN else at + 1
        return at

    def statement(self, at):
        end = self.end_of_statement(at)
        if self.text_at(at) != "continue" and end + 1 in self.function_ends:
            return
        token = self.tokens[at]
        shown = " ".join(self.text[token.begin:self.tokens[end].end].split())
        id = self.add(at, shown, "")
        self.enclose(token.begin, self.tokens[end].end, f"{{ if (!mutants::on({id})) ", " }")

    def write(self):
        """The inner of two operators that end at the same place ends first, and begins last."""
        pieces, last = [], 0
        replaced = {self.tokens[at].begin: (self.tokens[at].end, text) for at, text in self.replaced.items()}
        for position in sorted(set(self.begins) | set(self.ends) | set(replaced)):
            pieces.append(self.text[last:position])
            for inserts in (self.ends.get(position, []), self.begins.get(position, [])):
                pieces += [text for _, text in sorted(inserts, key=lambda one: -one[0])]
            last = position
            if position in replaced:
                last, text = replaced[position]
                pieces.append(text)
        return "".join(pieces) + self.text[last:]
