# SPDX-License-Identifier: GPL-2.0-only
"""Reads s2ctl.h and the doors of lib/: prototypes, structures and constants, and the
kernel-doc before each.  For the manual page, the list of the ABI and the tests; it
knows the style of those headers, and is no parser of C."""

import re
from dataclasses import dataclass, field

RULE = re.compile(r"/\* -+ ([^-]*?) -- \*/")
DOC = re.compile(r"/\*\*\n(.*?)\n \*/", re.S)
TITLE = re.compile(r"(?:(struct|enum|typedef) )?(\w+)(?:\(\))? - (.+)")
CONSTANT = re.compile(r"#define (\w+)[ \t]+(\S.*?)[ \t]*(?:/\* (.*) \*/)?\n")
PROTOTYPE = re.compile(r"^([a-z][\w *]*?)\b(s2_\w+)\(([^()]*)\)$", re.S)
CALLBACK = re.compile(r"^typedef (.*?)\(\*(s2_\w+)\)\(([^()]*)\)$", re.S)


@dataclass
class Doc:
    """A kernel-doc comment."""
    kind: str = ""                  # struct, enum, typedef; "": a function
    name: str = ""
    summary: str = ""
    params: dict = field(default_factory=dict)
    text: list = field(default_factory=list)        # paragraphs
    returns: str = ""


@dataclass
class Item:
    """A declaration."""
    kind: str           # function, callback, struct, enum, constant, opaque
    name: str
    section: str
    doc: Doc = None
    result: str = ""                # a function's type, a constant's value
    params: list = field(default_factory=list)      # (type, name); members
    words: list = field(default_factory=list)       # enumerators


@dataclass
class Header:
    """All of it, in its order."""
    items: list = field(default_factory=list)
    orphans: list = field(default_factory=list)     # docs of nothing

    def of(self, *kinds):
        """Its declarations of these kinds."""
        return [i for i in self.items if i.kind in kinds]


def one_line(text):
    """White space is not part of a text."""
    return " ".join(text.split())


def parse_doc(comment):
    """The parts of a kernel-doc comment."""
    lines = [re.sub(r"^ \* ?", "", line) for line in comment.split("\n")]
    paragraphs = [p for p in re.split(r"\n\s*\n", "\n".join(lines).strip()) if p]
    first, _, rest = paragraphs[0].partition("\n")
    match = TITLE.match(first)
    if not match:
        raise ValueError(f"not the first line of kernel-doc: {first}")
    doc = Doc(match[1] or "", match[2], match[3])
    for part in re.split(r"^@", rest, flags=re.M)[1:]:
        name, _, text = part.partition(":")
        doc.params[name] = one_line(text)
    for paragraph in paragraphs[1:]:
        if paragraph.startswith("Return: "):
            doc.returns = one_line(paragraph.removeprefix("Return: "))
        else:
            doc.text.append(one_line(paragraph))
    return doc


def split_name(declaration):
    """("const char *", "path") of "const char *path"; also of a pointer to a
    function and of an array."""
    declaration = one_line(declaration)
    if match := re.fullmatch(r"(.*\(\*)(\w+)(\)\(.*\))", declaration):
        return match[1] + match[3], match[2]
    if match := re.fullmatch(r"(.*?)(\w+)(\[.*\])", declaration):
        return f"{match[1].strip()} {match[3]}", match[2]
    match = re.match(r"(.*?)(\w+)$", declaration, re.S)
    return match[1].strip(), match[2]


def parse_params(text):
    """The parameters between parentheses."""
    if text.strip() == "void":
        return []
    return [split_name(p) for p in text.split(",")]


def strip_comments(text):
    """Without comments."""
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def enum_words(body):
    """The enumerators between braces."""
    return re.findall(r"(?:^|,)\s*(\w+)\s*(?:=[^,]*(?:\([^)]*\))?)?(?=,|\s*$)",
                      re.sub(r"\([^)]*\)", "", strip_comments(body)))


def declaration(text, section):
    """What a declaration, without its semicolon, declares; or None."""
    head, brace, body = text.partition("{")
    words = head.split()
    if brace and words[0] == "struct":
        members = [split_name(m) for m in
                   strip_comments(body.rstrip("} \n")).split(";") if m.strip()]
        return Item("struct", words[1], section, params=members)
    if brace and words[0] == "enum":
        return Item("enum", words[1], section,
                    words=enum_words(body.rstrip("} \n")))
    if match := CALLBACK.match(text):
        return Item("callback", match[2], section, result=one_line(match[1]),
                    params=parse_params(match[3]))
    if match := PROTOTYPE.match(text):
        return Item("function", match[2], section, result=one_line(match[1]),
                    params=parse_params(match[3]))
    if re.fullmatch(r"struct \w+", text):
        return Item("opaque", words[1], section)
    return None


def pieces(text):
    """Comments, preprocessor lines and declarations, one after the other."""
    depth, start, at = 0, 0, 0
    while at < len(text):
        if text.startswith("/*", at):
            end = text.index("*/", at) + 2
            if not text[start:at].strip():
                yield text[at:end]
                start = end
            at = end
            continue
        if text[at] == "#" and not text[start:at].strip():
            end = re.compile(r"(?<!\\)\n").search(text, at).end()
            yield text[at:end]
            start = at = end
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if text[at] == ";" and not depth:
            yield text[start:at].strip()
            start = at + 1
        at += 1


def parse(path):
    """The header at path."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # For C++ alone; its brace would hide all that follows.
    text = re.sub(r"#ifdef __cplusplus.*?#endif\n", "", text, flags=re.S)
    header, section, doc = Header(), "", None
    for piece in pieces(text):
        if match := RULE.fullmatch(piece):
            section = match[1].strip()
        elif match := DOC.fullmatch(piece):
            if doc:
                header.orphans.append(doc.name)
            doc = parse_doc(match[1])
        elif match := CONSTANT.match(piece):
            header.items.append(Item(
                "constant", match[1], section, Doc(summary=match[3] or ""),
                result=match[2]))
        elif not piece.startswith(("#", "/*")):
            item = declaration(piece, section)
            if not item:
                raise ValueError(f"what is this? {piece}")
            item.doc, doc = doc, None
            header.items.append(item)
    return header
