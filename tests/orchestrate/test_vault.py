"""What is sealed opens with its key in its place alone, and a wrong key is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrate.vault.envelope import DataKey, Place, key_id_of, seal, unseal
from orchestrate.vault.keys import Keyring, LocalKey, VaultError, new_key, read_keyring

KEY = DataKey("ab" * 16, bytes(range(32)))
HERE = Place("acme", "c1", "api_key")


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    sealed = seal(KEY, HERE, text.encode("utf-8", "replace").decode())
    assert unseal({KEY.id: KEY}, HERE, sealed) == text.encode("utf-8", "replace").decode()
    assert key_id_of(sealed) == KEY.id


def test_the_same_text_never_looks_the_same() -> None:
    assert seal(KEY, HERE, "canary") != seal(KEY, HERE, "canary")
    assert b"canary" not in seal(KEY, HERE, "canary")


@pytest.mark.parametrize(
    "place", [Place("other", "c1", "api_key"), Place("acme", "c2", "api_key"), Place("acme", "c1", "token"),
              Place("acme\", \"c1", "", "api_key")],
)  # fmt: skip
def test_a_sealed_text_opens_nowhere_else(place: Place) -> None:
    with pytest.raises(VaultError, match="belongs to another connection"):
        unseal({KEY.id: KEY}, place, seal(KEY, HERE, "canary"))


def test_every_altered_byte_is_noticed() -> None:
    sealed = seal(KEY, HERE, "canary")
    for at in range(len(sealed)):
        altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(VaultError):
            unseal({KEY.id: KEY}, HERE, altered)


def test_a_key_wraps_for_one_purpose_and_is_never_shown() -> None:
    key, other = LocalKey("a", bytes(32)), LocalKey("a", bytes([1] * 32))
    wrapped = key.wrap(KEY.secret, b"acme/1")
    assert key.unwrap(wrapped, b"acme/1") == KEY.secret
    for wrong, bound in ((other, b"acme/1"), (key, b"acme/2")):
        with pytest.raises(VaultError, match="'a' is not the one that the store was sealed with"):
            wrong.unwrap(wrapped, bound)
    assert "secret" not in repr(KEY) + repr(key)


def test_keys_come_from_the_environment_a_file_or_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGARDE_KEYS", raising=False)
    monkeypatch.delenv("ENGARDE_KEYS_FILE", raising=False)
    made = tmp_path / "output" / "keys"
    first = read_keyring(made)
    assert made.stat().st_mode & 0o077 == 0
    assert read_keyring(made).current == first.current
    monkeypatch.setenv("ENGARDE_KEYS", f"{new_key('new')},{new_key('old')}")
    ring = read_keyring(made)
    assert (ring.current.id, ring.key("old").id) == ("new", "old")


@pytest.mark.parametrize(
    ("keys", "says"),
    [("a", "key 'a' has 0 bytes"), ("a:***", "key 'a' is not base64"), ("a:QUJD", "has 3 bytes"), (":QUJD", "0 bytes")],
)
def test_a_key_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, keys: str, says: str) -> None:
    monkeypatch.setenv("ENGARDE_KEYS", keys)
    with pytest.raises(VaultError, match=says.replace("*", r"\*")) as refused:
        read_keyring(Path("none"))
    assert "QUJD" not in str(refused.value)


def test_a_file_of_keys_that_others_may_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys"
    file.write_text(new_key("a"))
    file.chmod(0o644)
    monkeypatch.setenv("ENGARDE_KEYS_FILE", str(file))
    with pytest.raises(VaultError, match="chmod 600"):
        read_keyring(tmp_path / "other")


def test_a_key_that_is_not_at_hand_is_named() -> None:
    with pytest.raises(VaultError, match="sealed with key 'old', at hand are new"):
        Keyring([LocalKey("new", bytes(32))]).key("old")
