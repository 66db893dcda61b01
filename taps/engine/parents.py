"""`parent:` a stream read once for each record of another, or for each value of an option."""

from pydantic import model_validator

from taps.engine.words import Name, Path, Text, Word


class Parent(Word):
    """Whose records (or which option's values) a child is read for, and what is carried down to it."""

    stream: Name | None = None
    option: Name | None = None
    """The parents are what the user typed: `{parent.value}`."""
    carry: dict[Name, str] = {}
    """Column of the child -> field of the parent."""
    owner: dict[str, str] = {}
    """The columns of the child that together say whose it is -> the parent's fields they equal. `deletes: with_parent`
    goes by them; those that carry the parent's key if not said."""
    inside: Path | None = None
    """The children already stand in the parent's answer here."""
    more: Path | None = None
    """True, or the place of anything at all, where the parent's answer does not hold all of them: then the child's own
    request is made."""
    lines: str | None = None
    """In a job's file, what the id of a child's line holds, where children follow on lines of their own."""
    only: Text | None = None
    """Which parents the user chose: a `pick` or `list` option; unset means all."""
    key: str | None = None
    """The parent's field that `only` names; its first key if not said."""
    where: dict[str, list[str | bool | int]] = {}
    """Only parents whose field holds one of these."""
    changed: str | None = None
    """Only parents whose field is later than the bookmark."""
    has: str | None = None
    """Only parents where this is neither absent, null, false, zero nor empty."""
    batch: int | None = None
    """So many parents in one request; the list entry that holds `{parent.x}` repeats for each."""
    beside: Path | None = None
    """The children stand beside the parents in the same answer."""

    @model_validator(mode="after")
    def _one_source(self) -> "Parent":
        if (self.stream is None) == (self.option is None):
            msg = "a parent is either a stream or an option"
            raise ValueError(msg)
        return self

    def owner_by(self, key: object) -> dict[str, str]:
        """The columns that together say whose a row is, for a parent of this key; empty where none do."""
        keys = set(key) if isinstance(key, list) else set()
        carried = {column: field for column, field in self.carry.items() if field in keys}
        return self.owner or (carried if set(carried.values()) == keys else {})
