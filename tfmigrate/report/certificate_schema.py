"""What certificate.json holds, as JSON Schema."""

from __future__ import annotations

from tfmigrate.recipe.json_schema import Schema

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_HASHES: Schema = {"type": "object", "additionalProperties": _HASH}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required}


_SOURCE = _object(
    {
        "name": _TEXT,
        "kind": _TEXT,
        "title": _TEXT,
        "writer": _ref("Writer"),
        "size": {"type": "integer"},
        "sha256": _HASHES,
    }
)
_RECIPE = _object(
    {
        "name": _TEXT,
        "text": _TEXT,
        "parameters": {"type": "object"},
        "extends": _TEXTS,
        "sha256": _HASH,
    },
    optional=("extends",),
)
# The level and its sentence stand at the top of the certificate; the rest is that of Parity.
_PARITY = _object(
    {
        "passed": {"type": "boolean"},
        "outputs": _list("OutputComparison"),
        "probes": {"type": "array", "items": {"type": "object"}},
        "checks": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "notes": {"type": "array", "items": _TEXT},
        "recorded": _TEXTS,
        "coverage": _or_null(_ref("Coverage")),
        "noise": _or_null(_ref("Noise")),
        "power": _or_null(_ref("Power")),
        "divergence": _or_null(_ref("Divergence")),
    }
)


def certificate(form: int) -> Schema:
    """The schema of a certificate of this format."""
    made = _object(
        {
            "certificate": {"const": form},
            "source": _SOURCE,
            "recipe": _or_null(_RECIPE),
            "versions": _TEXTS,
            "platform": _TEXT,
            "engine": _TEXT,
            "trusted": _HASHES,
            "declared": _TEXTS,
            "evidence": {"enum": ["unverified", "rebuilt", "reader", "graph", "recorded"]},
            "said": _TEXT,
            "signatures": _list("Signature"),
            "processing": {"type": "object", "additionalProperties": {"type": "object"}},
            "portability": _or_null(_ref("Portability")),
            "renamed": _TEXTS,
            "parity": _or_null(_PARITY),
            "probes": _or_null(_ref("Stored")),
            "further_probes": {"type": "object", "additionalProperties": _ref("Stored")},
            "variables": _list("VariableInfo"),
            "plan": _ref("Plan"),
            "ledger": _list("LedgerEntry"),
            "walls": {"type": "object", "additionalProperties": _ref("Walls")},
            "notes": {"type": "array", "items": _TEXT},
            "files": _HASHES,
        }
    )
    about = (
        "assets.extra/tfmigrate/certificate.json of a SavedModel: what was migrated, how, and how "
        "much of it was proved. No time, no place."
    )
    return {"description": about, **made}
