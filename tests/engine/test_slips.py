"""Lists whose pages are counted and that change while they are read: records slip to a page that was read already."""

import threading
from typing import Any

import pytest

from tests.engine.vendor import STREAM, Asked, platform, run, vendor

SIZE = 3
COUNTED = {
    "offset": "{kind: offset, send: skip, total: {records: total}}",
    "number": "{kind: number, send: page, total: {records: total}, size: {limit: 3}}",
}


class Shrinking:
    """Forty records, of which some go before a certain request is answered."""

    def __init__(self, going: int, before: int) -> None:
        self._ids = [str(n) for n in range(40)]
        self.staying = set(self._ids[going:])
        self._going, self._before, self._asked = going, before, 0
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Any:
        with self._lock:
            self._asked += 1
            if self._asked == self._before:
                del self._ids[: self._going]
            first = int(asked.params.get("skip", 0)) or SIZE * (int(asked.params.get("page", 1)) - 1)
            return {"data": [{"id": each} for each in self._ids[first : first + SIZE]], "total": len(self._ids)}


@pytest.mark.parametrize("before", [2, 5, 9, 14])
@pytest.mark.parametrize("going", [1, 2, 7])
@pytest.mark.parametrize("pages", COUNTED)
def test_what_slipped_to_a_page_read_before_is_read_again(tmp_path, pages, going, before):
    shrinking = Shrinking(going, before)
    with vendor(shrinking) as found:
        told = run(platform(tmp_path / "acme", f"{STREAM}    pages: {COUNTED[pages]}\n"), found.url)
    assert told.code == 0
    assert shrinking.staying <= set(told.ids("items"))


def test_what_a_new_record_pushed_to_a_page_answered_before_is_read_again(tmp_path):
    ids, answered = [str(n) for n in range(20)], threading.Event()

    def answer(asked: Asked) -> Any:
        page = int(asked.params["page"])
        if page == 3:
            answered.wait(10)
            ids.insert(0, "new")
        rows = [{"id": each} for each in ids[SIZE * (page - 1) : SIZE * page]]
        if page == 4:
            answered.set()
        return {"data": rows, "total": len(ids)}

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", f"{STREAM}    pages: {COUNTED['number']}\n"), found.url)
    assert set(ids) - {"new"} <= set(told.ids("items"))
