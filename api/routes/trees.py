"""Fault trees over JSON: list, look at, draw, try; and walks over them about a ticket."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.house import Acting, InHouse
from api.schemas import DecisionOut
from api.schemas_trees import (
    AnswerIn,
    BeginIn,
    ChangeIn,
    ConcludeIn,
    ProbeIn,
    StandingOut,
    TakeBackIn,
    TreeLineOut,
    TreeOut,
    TryIn,
    WalkOut,
)
from api.tree_documents import tree_document, tree_line
from diagnostics.evidence import TYPED, evidence_of, find_tree, read_answers, read_facts, seen_of
from diagnostics.tree_picture import draw_tree
from diagnostics.walk import document, question, walk_tree
from triage.cases.walk_tree import Walked
from triage.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["trees"])
TreeName = Annotated[str, Path(max_length=64)]
TicketId = Annotated[str, Path(max_length=64)]
WalkId = Annotated[str, Path(max_length=64)]
SVG = "image/svg+xml"
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {SVG: {}}, "description": "the picture"}}


@router.get("/trees", summary="List the fault trees")
def list_trees(house: InHouse) -> list[TreeLineOut]:
    """Return the trees of the rules in force."""
    return [TreeLineOut(**tree_line(tree)) for tree in house.walks.rules().trees.values()]


@router.get("/trees/{name}", summary="Look at one fault tree")
def look_at(house: InHouse, name: TreeName) -> TreeOut:
    """Return a tree with every node."""
    rules = house.walks.rules()
    return TreeOut(**tree_document(find_tree(name, rules), rules))


@router.get("/trees/{name}/picture", summary="Draw one fault tree", response_class=Response, responses=_PICTURE)
def draw(house: InHouse, name: TreeName) -> Response:
    """Return a tree as SVG."""
    rules = house.walks.rules()
    return Response(draw_tree(find_tree(name, rules), rules), media_type=SVG)


@router.post("/trees/{name}/walk", summary="Walk a tree from facts, findings and answers; nothing is kept")
def try_out(house: InHouse, name: TreeName, given: TryIn) -> StandingOut:
    """Return where the walk stands."""
    rules = house.walks.rules()
    tree = find_tree(name, rules)
    known = {**evidence_of(seen_of(given.findings), rules).facts, **read_facts(given.facts, rules)}
    outcome = walk_tree(tree, rules, known, read_answers(tree, given.answers, TYPED))
    return StandingOut(**document(outcome), question=question(outcome.open) if outcome.open else None)


@router.post(
    "/tickets/{ticket_id}/walks",
    status_code=201,
    summary="Begin to walk a tree about a ticket",
    description="201 for a new walk, 200 where one over the same tree is open already and goes on.",
    responses={200: {"model": WalkOut, "description": "The open walk"}},
)
def begin(house: InHouse, actor: Acting, response: Response, ticket_id: TicketId, wanted: BeginIn) -> WalkOut:
    """Begin with what the ticket and its captures say already."""
    walked, new = house.walks.begin(ticket_id, wanted.tree, actor=actor)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/api/v1/tickets/{ticket_id}/walks/{walked.record.id}"
    return WalkOut.of(walked)


@router.get("/tickets/{ticket_id}/walks", summary="List the walks of a ticket")
def list_walks(house: InHouse, ticket_id: TicketId) -> list[WalkOut]:
    """Return all walks, the first one first."""
    return [WalkOut.of(walked) for walked in house.walks.of(ticket_id)]


@router.get("/tickets/{ticket_id}/walks/{walk_id}", summary="Look at a walk")
def look_at_walk(house: InHouse, ticket_id: TicketId, walk_id: WalkId) -> WalkOut:
    """Return a walk with everything said in it, and where it stands."""
    return WalkOut.of(_walk(house, ticket_id, walk_id))


@router.get(
    "/tickets/{ticket_id}/walks/{walk_id}/picture", summary="Draw a walk", response_class=Response, responses=_PICTURE
)
def draw_walk(house: InHouse, ticket_id: TicketId, walk_id: WalkId) -> Response:
    """Return the tree as SVG with the way walked marked."""
    walked = _walk(house, ticket_id, walk_id)
    rules = house.walks.rules_behind(walked)
    return Response(draw_tree(walked.outcome.tree, rules, walked.outcome), media_type=SVG)


@router.post("/tickets/{ticket_id}/walks/{walk_id}/answers", summary="Answer the open question")
def answer(house: InHouse, actor: Acting, ticket_id: TicketId, walk_id: WalkId, given: AnswerIn) -> WalkOut:
    """Keep an answer; 409 where somebody else changed the walk since."""
    _walk(house, ticket_id, walk_id)
    return WalkOut.of(house.walks.answer(walk_id, given.version, given.node, given.answer, given.note, actor=actor))


@router.post("/tickets/{ticket_id}/walks/{walk_id}/take-back", summary="Take an answer or a fact back")
def take_back(house: InHouse, actor: Acting, ticket_id: TicketId, walk_id: WalkId, given: TakeBackIn) -> WalkOut:
    """Let an entry count no more; it stays in the record."""
    _walk(house, ticket_id, walk_id)
    return WalkOut.of(house.walks.take_back(walk_id, given.version, given.n, actor=actor))


@router.post("/tickets/{ticket_id}/walks/{walk_id}/evidence", summary="Take in captures attached since")
def gather(house: InHouse, actor: Acting, ticket_id: TicketId, walk_id: WalkId, given: ChangeIn) -> WalkOut:
    """Take in what captures say that were attached or read since the walk began."""
    _walk(house, ticket_id, walk_id)
    return WalkOut.of(house.walks.gather(walk_id, given.version, actor=actor))


@router.post("/tickets/{ticket_id}/walks/{walk_id}/probe", summary="Let a system answer the open check")
def probe(house: InHouse, actor: Acting, ticket_id: TicketId, walk_id: WalkId, given: ProbeIn) -> WalkOut:
    """Ask the system that the open check names; `said` is what it answered, in words."""
    _walk(house, ticket_id, walk_id)
    walked, said = house.walks.probe(walk_id, given.version, given.subject, actor=actor)
    return WalkOut.of(walked, said)


@router.post("/tickets/{ticket_id}/walks/{walk_id}/conclusion", summary="Take the conclusion over into the decision")
def conclude(house: InHouse, actor: Acting, ticket_id: TicketId, walk_id: WalkId, given: ConcludeIn) -> DecisionOut:
    """Make the ticket's new decision; 422 while something that the action requires is not attached."""
    _walk(house, ticket_id, walk_id)
    return DecisionOut.of(house.walks.conclude(walk_id, given.version, given.attached, actor=actor))


def _walk(house: InHouse, ticket_id: str, walk_id: str) -> Walked:
    walked = house.walks.look(walk_id)
    if walked.record.ticket_id != ticket_id:
        raise NotFound("这次排查不属于这张工单，请从工单页面重新打开")
    return walked
