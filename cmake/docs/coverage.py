#!/usr/bin/env python3
# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
"""coverage.py XML_DIR: fails, and names them, when public names are not documented.

Every public class, concept, function, variable, type, enumerator and macro has a brief description, every
parameter of a function is explained, and the parts of a description stand in one order. Reads Doxygen's XML.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

# What a description says, in this order; one without all of them leaves the others where they are.
ORDER = ["purpose", "parameters", "completes with", "errors", "cancellation", "lifetimes", "thread safety",
         "source of the rule"]
TITLES = {"Completes with": "completes with", "Errors": "errors", "Cancellation": "cancellation",
          "Lifetimes": "lifetimes", "Executors and threads": "thread safety", "Threads": "thread safety",
          "Thread safety": "thread safety"}
KINDS = {"param": "parameters", "templateparam": "parameters", "retval": "completes with",
         "return": "completes with", "exception": "errors", "see": "source of the rule"}


def text_of(node):
    return "" if node is None else " ".join("".join(node.itertext()).split())


class Coverage:
    def __init__(self, folder):
        self.folder = folder
        self.complaints = []
        self.names = 0
        self.parameters = 0
        self.functions = {}

    def complain(self, node, what):
        location = node.find("location")
        place = "" if location is None else f"{location.get('file')}:{location.get('line')}: "
        self.complaints.append(place + what)

    def check_all(self):
        compounds = []
        for entry in ET.parse(self.folder / "index.xml").getroot():
            if entry.get("kind") in ("class", "struct", "union", "concept", "namespace", "file"):
                compounds.append(ET.parse(self.folder / f"{entry.get('refid')}.xml").getroot()[0])
        compounds = [c for c in compounds if self.is_public(c)]
        for compound in compounds:
            self.collect_functions(compound)
        for compound in compounds:
            self.check_compound(compound)

    @staticmethod
    def is_public(compound):
        name = compound.findtext("compoundname")
        if compound.get("kind") == "file":
            return name.endswith(".hpp")
        return compound.get("prot", "public") != "private" and re.match(r"partner_center\b", name)

    @staticmethod
    def members(compound):
        for section in compound.findall("sectiondef"):
            for member in section.findall("memberdef"):
                if member.get("prot") != "private":
                    yield member

    def collect_functions(self, compound):
        if compound.get("kind") == "file":
            return
        for member in self.members(compound):
            if member.get("kind") == "function":
                scope = self.functions.setdefault(compound.findtext("compoundname"), {})
                scope.setdefault(member.findtext("name"), []).append(member)

    def check_compound(self, compound):
        name = compound.findtext("compoundname")
        if compound.get("kind") == "file":
            for member in self.members(compound):
                if member.get("kind") == "define" and not re.fullmatch(r"\w*_HPP", member.findtext("name")):
                    self.check_description(member, member.findtext("name"))
            return
        self.check_description(compound, name)
        for member in self.members(compound):
            self.check_member(member, name)

    def check_member(self, member, scope):
        if re.search(r"=\s*delete\b", member.findtext("argsstring") or ""):
            return
        if member.get("kind") == "friend" and re.match(r"(friend )?(class|struct)\b",
                                                       member.findtext("definition") or ""):
            return
        name = f"{scope}::{member.findtext('name')}"
        self.check_description(member, name + (member.findtext("argsstring") or ""))
        for value in member.findall("enumvalue"):
            self.names += 1
            if not text_of(value.find("briefdescription")) and not text_of(value.find("detaileddescription")):
                self.complain(member, f"{name}::{value.findtext('name')} is not documented")
        if member.get("kind") == "function":
            self.check_parameters(member, scope, name)

    def check_description(self, node, name):
        self.names += 1
        brief = text_of(node.find("briefdescription"))
        detailed = node.find("detaileddescription")
        if not brief:
            self.complain(node, f"{name} is not documented")
            return
        last = 0
        for part in self.parts(detailed):
            rank = ORDER.index(part)
            if rank < last:
                self.complain(node, f"{name}: '{part}' belongs before '{ORDER[last]}'")
                return
            last = rank

    @staticmethod
    def parts(detailed):
        for node in detailed.iter():
            if node.tag not in ("parameterlist", "simplesect"):
                continue
            kind = node.get("kind")
            part = TITLES.get(text_of(node.find("title"))) if kind == "par" else KINDS.get(kind)
            if part:
                yield part

    @staticmethod
    def explained(member):
        found = set()
        for part in member.find("detaileddescription").iter("parameterlist"):
            if part.get("kind") == "param":
                found.update(text_of(n) for n in part.iter("parametername"))
        # In the sentence, as `name` or in `call(name)`, is as good.
        for where in ("briefdescription", "detaileddescription"):
            for code in member.find(where).iter("computeroutput"):
                found.update(re.findall(r"\w+", text_of(code)))
        return found

    @staticmethod
    def copies(member, scope):
        name = scope.rpartition("::")[2]
        types = [text_of(p.find("type")) for p in member.findall("param")]
        return member.findtext("name") == name and types in ([f"const {name} &"], [f"{name} &&"])

    # A parameter of one overload is explained with any of them, or where the description refers to.
    def check_parameters(self, member, scope, name):
        used = [p.findtext("declname") for p in member.findall("param") if p.findtext("declname")]
        if not used or member.findtext("name").startswith("operator") or self.copies(member, scope):
            return
        family = list(self.functions[scope][member.findtext("name")])
        for one in list(family):
            for ref in one.find("briefdescription").iter("ref"):
                family += self.functions[scope].get(text_of(ref).removesuffix("()"), [])
        explained = set().union(*(self.explained(one) for one in family))
        for parameter in used:
            self.parameters += 1
            if parameter not in explained:
                self.complain(member, f"{name}: nothing explains the parameter '{parameter}'")


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} XML_DIR")
    coverage = Coverage(pathlib.Path(sys.argv[1]))
    coverage.check_all()
    for complaint in coverage.complaints:
        print(complaint, file=sys.stderr)
    if not coverage.names:
        sys.exit("error: there is no public name at all")
    if coverage.complaints:
        sys.exit(f"error: {len(coverage.complaints)} complaints about the descriptions of "
                 f"{coverage.names} public names")
    print(f"{coverage.names} public names and {coverage.parameters} parameters are documented")


if __name__ == "__main__":
    main()
