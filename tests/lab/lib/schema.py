# SPDX-License-Identifier: GPL-2.0-only
"""JSON against the schema that ships, by python3-jsonschema."""

import glob
import json
import os

import jsonschema

HERE = os.path.dirname(os.path.realpath(__file__))
SCHEMAS = os.path.join(HERE, "..", "..", "..", "lib", "schema",
                       "s2ctl-[0-9]*.schema.json")


def load():
    paths = glob.glob(SCHEMAS)
    if len(paths) != 1:
        raise RuntimeError(f"one schema expected, found {paths}")
    with open(paths[0], encoding="utf-8") as file:
        return json.load(file)


def _parse(text):
    def refuse(word):
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def event_errors(lines):
    """What is wrong with lines of the monitor; [] if nothing is."""
    return line_errors("event", lines)


def line_errors(definition, lines):
    """Likewise of lines of another kind."""
    schema = {"$ref": f"#/definitions/{definition}"} | {
        name: load()[name] for name in ("definitions", "properties")}
    validator = jsonschema.validators.validator_for(load())(schema)
    out = []
    for line in lines:
        try:
            out += [f"{e.message[:300]}: {line}"
                    for e in validator.iter_errors(_parse(line))]
        except ValueError as error:
            out.append(f"not JSON: {error}: {line}")
    return out[:20]


def errors(text):
    """What is wrong with a document; [] if nothing is."""
    try:
        document = _parse(text)
    except ValueError as error:
        return [f"not JSON: {error}"]
    schema = load()
    validator = jsonschema.validators.validator_for(schema)(schema)
    return ["/".join(map(str, e.absolute_path)) + ": " + e.message[:300]
            for e in validator.iter_errors(document)][:20]
