"""Files that lie in object storage, `s3://bucket/key`, while they are written or read: S3, or what speaks its protocol.

Logins and region are found as boto3 finds them (environment, `~/.aws`, the machine's role); ENGARDE_S3_ENDPOINT is the
address of a store that is not Amazon's: https://boto3.amazonaws.com/v1/documentation/api/latest/guide/credentials.html
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestrate.operations.errors import OperationError

SCHEME = "s3://"
ENDPOINT = "ENGARDE_S3_ENDPOINT"
_MOST_AT_ONCE = 5 * 2**30
"""Bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""
_TAKEN = " is there already; a copy overwrites nothing"


@contextmanager
def written(place: str) -> Iterator[Path]:
    """A path that is not there yet; what lies there in the end is the object. Overwrites nothing.

    Raises `OperationError` for an object that is there, and where the store refuses or does not answer.
    """
    if not place.startswith(SCHEME):
        yield Path(place)
        return
    bucket, key = _named(place)
    with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
        with _told(place):
            store = _store()
            if _is_there(store, bucket, key):
                raise OperationError(f"{place}{_TAKEN}")
        file = Path(folder) / "object"
        yield file
        with _told(place):
            _put(store, file, bucket, key)


@contextmanager
def read(place: str) -> Iterator[Path]:
    """A path at which the object lies. Raises `OperationError` where there is none, and as `written`."""
    if not place.startswith(SCHEME):
        yield Path(place)
        return
    bucket, key = _named(place)
    with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
        file = Path(folder) / "object"
        with _told(place):
            _store().download_file(bucket, key, str(file))
        yield file


def _named(place: str) -> tuple[str, str]:
    bucket, _, key = place.removeprefix(SCHEME).partition("/")
    if not bucket or not key or key.endswith("/"):
        raise OperationError(f"{place} names no object; say s3://bucket/folder/file.zip")
    return bucket, key


def _store() -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError:
        raise OperationError("object storage needs boto3: pip install 'engarde[aws]'") from None
    endpoint = os.environ.get(ENDPOINT) or None
    settings: dict[str, Any] = {"connect_timeout": 10, "retries": {"mode": "standard", "max_attempts": 5}}
    if endpoint:
        settings["s3"] = {"addressing_style": "path"}
    return boto3.client("s3", endpoint_url=endpoint, config=Config(**settings))


def _is_there(store: Any, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        store.head_object(Bucket=bucket, Key=key)
    except ClientError as refused:
        if refused.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return False
        raise
    return True


def _put(store: Any, file: Path, bucket: str, key: str) -> None:
    """Whole or not at all; the condition that nothing came between is for what fits one request."""
    if file.stat().st_size > _MOST_AT_ONCE:
        store.upload_file(str(file), bucket, key)
        return
    with file.open("rb") as body:
        store.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")


@contextmanager
def _told(place: str) -> Iterator[None]:
    """What the library raises, as one line that names the object."""
    try:
        yield
    except OperationError:
        raise
    except Exception as broken:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(broken, ClientError) and broken.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            raise OperationError(f"{place} is not there") from None
        if not isinstance(broken, BotoCoreError | ClientError | Boto3Error):
            raise
        if "PreconditionFailed" in str(broken):
            raise OperationError(f"{place}{_TAKEN}") from None
        said = str(broken).partition("\n")[0]
        raise OperationError(f"{place}: {said} (login as boto3 finds it, {ENDPOINT} unless Amazon's)") from None
