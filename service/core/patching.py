"""JSON Merge Patch (RFC 7396): what a document becomes, what of it the patch has touched."""

from collections.abc import Mapping

from service.core.errors import Fault


def patched(document: object, patch: object) -> object:
    """The document with the patch applied: objects are merged, null takes out, all else takes the place."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(document) if isinstance(document, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = patched(merged.get(name), value)
    return merged


def touches(patch: object, pointer: str) -> bool:
    """Whether what stands at a JSON pointer of the patched document comes from the patch."""
    for step in pointer.split("/")[1:]:
        if not isinstance(patch, Mapping):
            return True
        name = step.replace("~1", "/").replace("~0", "~")
        if name not in patch:
            return False
        patch = patch[name]
    return True


def whole(document: object, faults: list[Fault], at: str = "") -> object:
    """The document without its fractions, each of which is a fault: a policy writes its figures as text."""
    match document:
        case float():
            faults.append(Fault(at, "not_integer"))
            return None
        case list():
            return [whole(inner, faults, f"{at}/{place}") for place, inner in enumerate(document)]
        case dict():
            return {
                name: whole(inner, faults, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
                for name, inner in document.items()
            }
        case _:
            return document
