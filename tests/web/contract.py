"""Holds answers of a service against runner/serve/openapi.json: what is not written there must not be answered."""
import json
import pathlib
import re

import jsonschema

DOCUMENT = pathlib.Path(__file__).parents[2] / "runner/serve/openapi.json"


class Contract:
    def __init__(self, path=DOCUMENT):
        self.document = json.loads(pathlib.Path(path).read_text())
        self.resolver = jsonschema.RefResolver("", self.document)
        self.paths = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): path for path in self.document["paths"]}
        self.seen = set()  # the operationIds of what was checked

    def validator(self, schema):
        return jsonschema.Draft202012Validator(schema, resolver=self.resolver,
                                               format_checker=jsonschema.FormatChecker())

    def faults(self, schema, value, place):
        return [f"{place}{''.join(f'[{part!r}]' for part in error.absolute_path)}: {error.message[:300]}"
                for error in self.validator(schema).iter_errors(value)]

    def deref(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def operation(self, method, path):
        """What answers to it, and the status that the document gives whatever it does not list."""
        for pattern, name in self.paths.items():
            item = self.document["paths"][name]
            if not pattern.fullmatch(path):
                continue
            if method == "head" and "head" not in item:
                method = "get"
            return (item[method], None) if method in item else (None, 405)
        return None, 404

    def expected(self, method, path, status):
        operation, general = self.operation(method, path)
        if operation is None:
            name = {404: "NotFound", 405: "MethodNotAllowed"}[general]
            return {str(general): self.document["components"]["responses"][name]}.get(str(status))
        self.seen.add(operation["operationId"])
        response = operation["responses"].get(str(status))
        return response and self.deref(response)

    def check(self, method, path, status, headers, body):
        """The faults of an answer. `path` without query; the names of `headers` are compared without case."""
        method, place = method.lower(), f"{method} {path} {status}"
        headers = {name.lower(): value for name, value in headers.items()}
        response = self.expected(method, path, status)
        if response is None:
            return [f"{place}: the document does not list this status"]
        faults = []
        for name, header in response.get("headers", {}).items():
            header = self.deref(header)
            value = headers.get(name.lower())
            if value is None:
                faults += [f"{place}: no {name}"] if header.get("required") else []
            else:
                number = header["schema"].get("type") == "integer" and value.isdigit()
                faults += self.faults(header["schema"], int(value) if number else value, f"{place}: {name}")
        return faults if method == "head" else faults + self.check_body(place, response, headers, body)

    def check_body(self, place, response, headers, body):
        kind = headers.get("content-type", "").split(";")[0]
        content = response.get("content", {})
        if kind not in content:
            return [f"{place}: Content-Type {kind!r}, not {list(content)}"] if content or body else []
        media = content[kind]
        if kind == "text/event-stream":
            return self.check_events(place, media["x-sbx-events"], body.decode())
        if "json" not in kind:
            return []
        return self.faults(media["schema"], json.loads(body), place)

    def check_events(self, place, schemas, text):
        faults, last = [], None
        id_pattern = self.document["paths"]["/v1/jobs/{id}/events"]["get"]["parameters"][0]["schema"]["pattern"]
        for block in text.split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if not fields:
                continue
            name, last = fields["event"], fields
            if name not in schemas:
                faults.append(f"{place}: the document does not list the event {name}")
                continue
            faults += self.faults(schemas[name], json.loads(fields["data"]), f"{place}: event {name}")
            if (name != "state") != bool(re.search(id_pattern, fields.get("id", ""))):
                faults.append(f"{place}: event {name} with id {fields.get('id')}")
        if last is None or last["event"] != "state":
            faults.append(f"{place}: the last event is not state")
        return faults
