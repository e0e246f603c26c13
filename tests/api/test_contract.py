"""Does the API keep what its OpenAPI document promises, whatever is sent?"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library warns about its own dependencies
    import schemathesis
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import positive_data_acceptance

pytestmark = pytest.mark.slow
OPENAPI = "/api/v1/openapi.json"
HERE = {"host": "127.0.0.1"}
OPERATIONS = [
    "POST /api/v1/tickets",
    "GET /api/v1/tickets",
    "GET /api/v1/tickets/{ticket_id}",
    "POST /api/v1/tickets/{ticket_id}/corrections",
    "POST /api/v1/tickets/{ticket_id}/decide",
    "POST /api/v1/imports",
    "GET /api/v1/imports/{import_id}/rejects",
    "GET /api/v1/jobs/{job_id}",
    "POST /api/v1/places/imports",
    "GET /api/v1/places",
    "POST /api/v1/captures",
    "GET /api/v1/captures",
    "GET /api/v1/captures/{capture_id}",
    "POST /api/v1/captures/{capture_id}/attach",
    "GET /api/v1/captures/{capture_id}/raw",
    "GET /api/v1/captures/{capture_id}/call",
    "GET /api/v1/captures/{capture_id}/ladder",
    "POST /api/v1/captures/{capture_id}/digest",
    "GET /api/v1/tickets/{ticket_id}/captures",
    "POST /api/v1/tickets/{ticket_id}/speedtests",
    "GET /api/v1/tickets/{ticket_id}/speedtests",
    "GET /api/v1/tickets/{ticket_id}/speedtests/{attempt_id}",
    "POST /api/v1/tickets/{ticket_id}/close",
    "GET /api/v1/kpi/speed",
    "GET /api/v1/trees",
    "GET /api/v1/trees/{name}",
    "GET /api/v1/trees/{name}/picture",
    "POST /api/v1/trees/{name}/walk",
    "POST /api/v1/tickets/{ticket_id}/walks",
    "GET /api/v1/tickets/{ticket_id}/walks",
    "GET /api/v1/tickets/{ticket_id}/walks/{walk_id}",
    "GET /api/v1/tickets/{ticket_id}/walks/{walk_id}/picture",
    "POST /api/v1/tickets/{ticket_id}/walks/{walk_id}/answers",
    "POST /api/v1/tickets/{ticket_id}/walks/{walk_id}/take-back",
    "POST /api/v1/tickets/{ticket_id}/walks/{walk_id}/evidence",
    "POST /api/v1/tickets/{ticket_id}/walks/{walk_id}/probe",
    "POST /api/v1/tickets/{ticket_id}/walks/{walk_id}/conclusion",
    "GET /api/v1/lifecycles",
    "POST /api/v1/tickets/new/{lifecycle}",
    "GET /api/v1/tickets/{ticket_id}/flow",
    "POST /api/v1/tickets/{ticket_id}/events/{event}",
    "POST /api/v1/tickets/{ticket_id}/take",
    "POST /api/v1/tickets/{ticket_id}/hand-over",
    "POST /api/v1/tickets/{ticket_id}/merge",
    "POST /api/v1/tickets/{ticket_id}/children/events/{event}",
    "PUT /api/v1/tickets/{ticket_id}/follow",
    "DELETE /api/v1/tickets/{ticket_id}/follow",
    "POST /api/v1/tickets/{ticket_id}/erase-personal",
    "GET /api/v1/same-number",
    "GET /api/v1/worklists",
    "GET /api/v1/worklists/{name}",
    "GET /api/v1/worklists/{name}/export.xlsx",
    "GET /api/v1/notices",
    "POST /api/v1/notices/read",
    "GET /api/v1/health",
    "GET /api/v1/rules/hash",
    "GET /api/v1/metrics",
]


def operations(client: TestClient) -> dict[str, Any]:
    schema = schemathesis.openapi.from_asgi(OPENAPI, client.app, headers=HERE)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


def test_every_operation_is_tried_here(client: TestClient) -> None:
    assert sorted(operations(client)) == sorted(OPERATIONS)


GOOD, BAD = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
CAN_BE_WRONG = [
    label
    for label in OPERATIONS
    if not label.endswith(
        ("imports", "POST /api/v1/captures", "GET /api/v1/trees", "health", "hash", "metrics", "lifecycles", "lists")
    )
]


@pytest.mark.parametrize(
    ("label", "mode"), [*((label, GOOD) for label in OPERATIONS), *((label, BAD) for label in CAN_BE_WRONG)]
)
def test_every_answer_is_as_described(client: TestClient, label: str, mode: schemathesis.GenerationMode) -> None:
    """A well-formed request may still be refused for what it means; everything else must be as described."""

    @given(case=operations(client)[label].as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def answer(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=HERE, excluded_checks=[positive_data_acceptance])

    answer()
