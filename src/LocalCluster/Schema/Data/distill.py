#!/usr/bin/env python3
"""Distils the schema of every built-in kind from Debian's Go sources of the Kubernetes API.

usage: distill.py <root with usr/share/gocode/src/k8s.io>  > kinds.schema      (SOURCE.md says which packages)
The struct declarations give names, types, required fields, patch tags and enums; the structured-merge-diff schema
of client-go, where it has the type, has the last word on list types, keys and atomicity.
"""
import glob
import re
import sys

ROOT = sys.argv[1].rstrip("/") + "/usr/share/gocode/src/k8s.io/"
PACKAGES = ["api/" + p for p in (
    "core/v1 apps/v1 batch/v1 autoscaling/v1 autoscaling/v2 networking/v1 policy/v1 rbac/v1 storage/v1 coordination/v1 "
    "discovery/v1 events/v1 scheduling/v1 node/v1 admissionregistration/v1 authentication/v1 authorization/v1 "
    "certificates/v1 flowcontrol/v1").split()] + [
    "apimachinery/pkg/apis/meta/v1", "apimachinery/pkg/runtime", "apiextensions-apiserver/pkg/apis/apiextensions/v1"]
WELL_KNOWN = {"meta.v1.Time": "time", "meta.v1.MicroTime": "microTime", "api.resource.Quantity": "quantity",
              "util.intstr.IntOrString": "intOrString", "runtime.RawExtension": "any", "meta.v1.FieldsV1": "any",
              "meta.v1.Duration": "string", "apiextensions.v1.JSON": "json", "pkg.types.UID": "string", "pkg.types.NodeName": "string",
              "apiextensions.v1.JSONSchemaPropsOrBool": "json", "apiextensions.v1.JSONSchemaPropsOrArray": "json",
              "apiextensions.v1.JSONSchemaPropsOrStringArray": "json", "runtime.Object": "any", "pkg.types.NamespacedName": "any"}
SCALARS = {"string": "string", "bool": "boolean", "int32": "int32", "int64": "int64", "int": "int32", "uint8": "int32",
           "float64": "double", "byte": "int32", "rune": "int32"}


def short(package):
    parts = package.split("/")
    return parts[-1] if parts[-1] == "runtime" else ".".join(parts[-2:])


class Package:
    """One Go package: its structs, named types, enums, imports, group and registered kinds."""

    def __init__(self, path):
        self.name, self.structs, self.aliases, self.enums, self.imports = short(path), {}, {}, {}, {}
        self.atomic, self.group, self.kinds, self.cluster_scoped = set(), None, set(), set()
        self.enum_types = set()
        for file in sorted(glob.glob(ROOT + path + "/*.go")):
            base = file.rsplit("/", 1)[1]
            if base == "register.go":
                text = open(file).read()
                group = re.search(r'GroupName\s*=\s*"([^"]*)"', text)
                self.group = group.group(1) if group else None
                self.kinds = {k for k in re.findall(r"&(\w+)\{\}", text)}
            elif "generated" not in base and not base.endswith("_test.go"):
                self.read(open(file).read().split("\n"))

    def read(self, lines):
        comment, struct, in_import, block = [], None, False, False
        for line in lines:
            text = line.strip()
            if text.startswith("/*"):
                block = True
            if block:
                block = "*/" not in text
                continue
            if text.startswith("import ("):
                in_import = True
            elif in_import:
                match = re.match(r'(?:(\w+)\s+)?"([^"]+)"', text)
                if match:
                    self.imports[match.group(1) or match.group(2).split("/")[-1]] = match.group(2)
                in_import = text != ")"
            elif text.startswith("//"):
                comment.append(text[2:].strip())
                continue
            elif struct is not None:
                if text == "}":
                    struct = None
                elif text:
                    self.field(struct, text, comment)
            else:
                struct = self.declaration(text, comment)
            if text or not comment or not any("+" in c for c in comment):
                comment = []

    def declaration(self, text, comment):
        match = re.match(r"type (\w+) struct\s*\{", text)
        if match:
            name = match.group(1)
            if any("+structType=atomic" in c for c in comment):
                self.atomic.add(name)
            if any("+genclient:nonNamespaced" in c for c in comment):
                self.cluster_scoped.add(name)
            self.structs[name] = []
            return None if text.endswith("}") else self.structs[name]
        match = re.match(r"type (\w+) ([\w.\[\]]+)$", text)
        if match:
            self.aliases[match.group(1)] = match.group(2)
            if any(c.startswith("+enum") for c in comment):
                self.enum_types.add(match.group(1))
        match = re.match(r'\w+\s+(\w+)\s*=\s*"([^"]*)"', text)
        if match and match.group(2):
            self.enums.setdefault(match.group(1), []).append(match.group(2))
        return None

    def field(self, struct, text, comment):
        tag = re.search(r"`([^`]*)`", text)
        code = text[: tag.start()].split() if tag else text.split("//")[0].split()
        tags = dict(re.findall(r'(\w+):"([^"]*)"', tag.group(1))) if tag else {}
        name, *options = tags.get("json", "").split(",")
        if name == "-" or not code or not (code[0][0].isupper() or "." in code[0]):
            return
        if "inline" in options or (len(code) == 1 and not name):
            struct.append(("", code[-1], [], {}, []))
        else:
            struct.append((name, " ".join(code[1:]) or code[0], options, tags, [c for c in comment if c.startswith("+")]))


packages = {short(p): Package(p) for p in PACKAGES}


def merge_schema():
    """client-go's schema as {type: (atomic, {field: (list relationship, keys, map relationship)})}, read line by line."""
    types, current, field = {}, None, None
    text = open(ROOT + "client-go/applyconfigurations/internal/internal.go").read()
    for line in text[text.index("`types:"):].split("\n"):
        if line.startswith("- name: "):
            current = {"atomic": False, "fields": {}}
            types[line[8:].strip()] = current
            field = None
        elif line.startswith("    - name: "):
            field = {"rel": None, "keys": [], "maprel": None}
            current["fields"][line[12:].strip()] = field
        elif line.startswith("    elementRelationship: ") and current:
            current["atomic"] = "atomic" in line
        elif field is not None and line.startswith("          elementRelationship: "):
            field["rel"] = line.split(": ")[1].strip()
        elif field is not None and line.startswith("        elementRelationship: "):
            field["rel"] = line.split(": ")[1].strip()
        elif field is not None and line.startswith("          - "):
            field["keys"].append(line.strip()[2:])
    return types


MERGE = merge_schema()


def merge_name(package, struct):
    return ("io.k8s.apimachinery.pkg.apis.meta.v1." if package.name == "meta.v1" else f"io.k8s.api.{package.name}.") + struct


def resolve(package, go):
    """(package, name) of a Go type name as written in a package."""
    if "." in go:
        alias, name = go.split(".")
        path = package.imports.get(alias, alias)
        return short(path), name
    return package.name, go


def type_text(package, go, marks, merged):
    go = go.lstrip("*")
    if go == "[]byte":
        return "byte"
    if go.startswith("[]"):
        return list_text(merged, marks) + type_text(package, go[2:], [], None)
    match = re.match(r"map\[[\w.]+\](.*)", go)
    if match:
        atomic = (merged and merged["rel"] == "atomic") or any("+mapType=atomic" in m for m in marks)
        return ("{atomic}" if atomic else "{}") + type_text(package, match.group(1), [], None)
    if go in SCALARS:
        return SCALARS[go]
    where, name = resolve(package, go)
    full = f"{where}.{name}"
    if full in WELL_KNOWN:
        return WELL_KNOWN[full]
    owner = packages[where]
    if name in owner.aliases:
        return type_text(owner, owner.aliases[name], marks, merged)
    needed.append((where, name))
    atomic = any("+structType=atomic" in m for m in marks) or (merged and merged["rel"] == "atomic")
    return ("@!" if atomic else "@") + full


def list_text(merged, marks):
    if merged is not None:
        if merged["rel"] != "associative":
            return "[]"
        return "[" + (",".join(merged["keys"]) or "set") + "]"
    if any("+listType=map" in m for m in marks):
        return "[" + ",".join(m.split("=")[1] for m in marks if "+listMapKey=" in m) + "]"
    return "[set]" if any("+listType=set" in m for m in marks) else "[]"


def enum_text(package, go):
    where, name = resolve(package, go.lstrip("*").removeprefix("[]"))
    owner = packages.get(where)
    return "|".join(sorted(set(owner.enums.get(name, [])))) if owner and name in owner.enum_types else ""


def go_flags(go, options):
    """How Go encodes the field: p pointer, o omitted when empty, z omitted when zero."""
    return ("p" if go.startswith("*") else "") + ("o" if "omitempty" in options else "") + ("z" if "omitzero" in options else "")


def fields(package, struct):
    """Lines of a struct's fields, embedded structs flattened."""
    merged = MERGE.get(merge_name(package, struct), {"fields": {}})["fields"]
    for name, go, options, tags, marks in package.structs[struct]:
        if not name:
            where, embedded = resolve(package, go.lstrip("*"))
            yield from fields(packages[where], embedded)
            continue
        words = [name, type_text(package, go, marks, merged.get(name))]
        if "omitempty" not in options and "omitzero" not in options and "+optional" not in marks and struct != "JSONSchemaProps":
            words.append("required")
        if go_flags(go, options):
            words.append("go=" + go_flags(go, options))
        if tags.get("patchStrategy"):
            words.append("patch=" + tags["patchStrategy"] + ("/" + tags["patchMergeKey"] if "patchMergeKey" in tags else ""))
        default = next((m.split("=", 1)[1] for m in marks if m.startswith("+default=")), None)
        if default and not default.startswith("ref("):
            words.append("default=" + default.strip('"'))
        if enum_text(package, go):
            words.append("enum=" + enum_text(package, go))
        yield "  " + " ".join(words)


needed, done = [], set()
for package in packages.values():
    for kind in sorted(package.kinds):
        if kind in package.structs and not kind.endswith("List") and package.group is not None and package.name != "meta.v1":
            needed.append((package.name, kind))
blocks = {}
while needed:
    where, name = needed.pop()
    if (where, name) in done:
        continue
    done.add((where, name))
    package = packages[where]
    header = f"{where}.{name}"
    if name in package.atomic or MERGE.get(merge_name(package, name), {}).get("atomic"):
        header += " atomic"
    if name in package.kinds and package.group is not None and where != "meta.v1":
        header += f" kind={package.group}/{where.split('.')[1]}/{name}"
        header += " cluster" if name in package.cluster_scoped else ""
    blocks[header] = list(fields(package, name))
for header in sorted(blocks):
    print(header)
    print("\n".join(blocks[header]))
