#!/usr/bin/env python3
"""Distils the protobuf field numbers of every built-in kind from Debian's Go sources of the Kubernetes API.

usage: distill.py <root with usr/share/gocode/src/k8s.io>  > kinds.wire      (SOURCE.md says which packages)
The struct tags say number and name; whether a field is a pointer, and whether it is omitted when empty, says what a zero means.
"""
import glob
import re
import sys

ROOT = sys.argv[1].rstrip("/") + "/usr/share/gocode/src/k8s.io/"
PACKAGES = ["api/" + p for p in (
    "core/v1 apps/v1 batch/v1 autoscaling/v1 autoscaling/v2 networking/v1 policy/v1 rbac/v1 storage/v1 coordination/v1 "
    "discovery/v1 events/v1 scheduling/v1 node/v1 admissionregistration/v1 authentication/v1 authorization/v1 "
    "certificates/v1 flowcontrol/v1").split()] + ["apimachinery/pkg/apis/meta/v1"]
WELL_KNOWN = {"meta.v1.Time": "time", "meta.v1.MicroTime": "microTime", "api.resource.Quantity": "quantity",
              "util.intstr.IntOrString": "intOrString", "runtime.RawExtension": "raw", "meta.v1.FieldsV1": "raw",
              "pkg.types.UID": "string", "pkg.types.NodeName": "string", "meta.v1.Duration": "duration"}
SCALARS = {"string": "string", "bool": "bool", "int32": "int", "int64": "int", "int": "int", "uint8": "int", "uint32": "int",
           "float64": "double", "byte": "int"}


def short(path):
    parts = path.split("/")
    return parts[-1] if parts[-1] == "runtime" else ".".join(parts[-2:])


structs, aliases, groups, kinds = {}, {}, {}, {}


def read(path):
    package, imports = short(path), {}
    for file in sorted(glob.glob(ROOT + path + "/*.go")):
        text = open(file).read()
        base = file.rsplit("/", 1)[1]
        if base == "register.go":
            group = re.search(r'GroupName\s*=\s*"([^"]*)"', text)
            groups[package] = group.group(1) if group else ""
        if "generated" in base or base.endswith("_test.go"):
            continue
        imports = {m.group(1) or m.group(2).split("/")[-1]: m.group(2) for m in re.finditer(r'^\s*(?:(\w+)\s+)?"(k8s\.io/[^"]+)"', text, re.M)}

        def resolve(go):
            if go.startswith("*"):
                return resolve(go[1:])
            if go == "[]byte":
                return "bytes"
            if go.startswith("[]"):
                return "[]" + resolve(go[2:])
            if go.startswith("map["):
                return "{}" + resolve(go[go.index("]") + 1:])
            if go in SCALARS:
                return SCALARS[go]
            name = short(imports[go.split(".")[0]]) + "." + go.split(".")[1] if "." in go else package + "." + go
            return WELL_KNOWN.get(name, "@" + name)

        for match in re.finditer(r"^type (\w+) (?!struct\b)(=?\s*[\w\.\[\]\*]+)$", text, re.M):
            aliases[package + "." + match.group(1)] = resolve(match.group(2).lstrip("= "))
        for match in re.finditer(r"^type (\w+) struct \{\n(.*?)^\}", text, re.M | re.S):
            name, fields = package + "." + match.group(1), []
            for line in match.group(2).split("\n"):
                tag = re.match(r'\s*(?:(\w+)\s+)?([\w\.\[\]\*]+)\s+`.*json:"([^"]*)".*protobuf:"\w+,(\d+),', line)
                if not tag:
                    if re.match(r"\s*(metav1\.)?TypeMeta\s", line):
                        kinds[name] = match.group(1)
                    continue
                json, flags = tag.group(3).split(",")[0], tag.group(3).split(",")[1:]
                mark = "i" if "inline" in flags else "p" if tag.group(2).startswith("*") else "o" if "omitempty" in flags else "k"
                fields.append((tag.group(4), json or "-", mark, resolve(tag.group(2))))
            structs[name] = fields


def settle(kind):
    """Named types of scalars, lists and maps are what they name; two named lists are messages on the wire."""
    if kind.startswith(("[]", "{}")):
        return kind[:2] + settle(kind[2:])
    if kind.startswith("@"):
        name = kind[1:]
        if name.endswith((".ExtraValue", ".Verbs")):
            return "words"
        return settle(aliases[name]) if name in aliases else kind
    return kind


for p in PACKAGES:
    read(p)
needed, queue = set(), [n for n in kinds if not n.endswith("List")]
while queue:
    name = queue.pop()
    if name in needed or name not in structs:
        continue
    needed.add(name)
    structs[name] = [(n, j, m, settle(t)) for n, j, m, t in structs[name]]
    queue += [t.split("@")[1] for _, _, _, t in structs[name] if "@" in t]
for name in sorted(needed):
    package, kind = name.rsplit(".", 1)
    is_kind = name in kinds and not package.startswith("meta")
    print(name + (f" {groups[package]}/{package.split('.')[1]}/{kind}" if is_kind else ""))
    for number, json, mark, kind in structs[name]:
        print(f" {number} {json} {mark} {kind}")
