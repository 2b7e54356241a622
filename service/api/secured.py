"""What the contract says of who may do what: the two kinds of credentials, and the scopes of an operation."""

from typing import Any

from service.api.problems import declared
from service.core.lifecycle import MOVES, Act, Scope

SCHEMES = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key that the operator of the service has issued: `ybk_` and two hexadecimal words.",
    },
    "oidc": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the identity provider that the service trusts; its `scope` or "
        "`scp` names what its bearer may do.",
    },
}
_READERS = (Scope.DRAFT, Scope.PUBLISH)
# Some of whose answers are for everybody, and some not.
_PARTLY = {
    "list_policies": ("Drafts need", _READERS),
    "show_policy": ("A draft needs", _READERS),
    "show_changes": ("A draft needs", _READERS),
}
_WHOLLY = {"list_audit": (Scope.AUDIT,)} | {
    f"{act}_policy": tuple(
        dict.fromkeys(scope for (_, of), move in MOVES.items() if of is act for scope in move.scopes)
    )
    for act in Act
}
_EITHER: list[dict[str, list[str]]] = [{"apiKey": []}, {"oidc": []}]


def secure(operation: dict[str, Any]) -> None:
    """Adds to an operation who may ask, and how it is refused to others."""
    name, tags = operation["operationId"], operation.get("tags", [])
    if name in _WHOLLY:
        said, operation["security"] = _said("Needs", _WHOLLY[name]), _EITHER
    elif name in _PARTLY:
        said, operation["security"] = _said(*_PARTLY[name]), [{}, *_EITHER]
    elif "simulations" in tags or "quotes" in tags:
        said = _said("Where an operator has closed the simulations, needs", (Scope.SIMULATE,))
        operation["security"] = [{}, *_EITHER]
    else:
        operation["security"] = []
        return
    operation["description"] = f"{operation['description']}\n\n{said}"
    refusals = {str(status): told for status, told in declared(401, 403).items()}
    operation["responses"] = dict(sorted({**refusals, **operation["responses"]}.items()))


def is_for_anybody(operation: dict[str, Any]) -> bool:
    """Whether one may ask without showing who one is."""
    return operation["security"] == [] or {} in operation["security"]


def _said(who: str, scopes: tuple[Scope, ...]) -> str:
    return f"{who} the scope {' or '.join(f'`{scope.value}`' for scope in scopes)}."
