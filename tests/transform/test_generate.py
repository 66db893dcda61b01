"""Generated files of the dbt project are what the manifests and file names say."""

from __future__ import annotations

from pathlib import Path

from transform.generate import generated, stale

MANIFEST = """
title: Acme
category: crm
docs: https://acme.example/api
streams:
  customers:
    docs: https://acme.example/api/customers
    pii: [email]
    fields: {id: string!, email: {type: string, from: contact.email}}
  days:
    docs: https://acme.example/api/days
    fields: {day: date!}
    dimensions: {country: string!}
    metrics: {spend: {type: decimal}}
  hidden:
    helper: true
    fields: {id: string!}
"""


def test_generated_files_are_fresh() -> None:
    assert stale() == [], "run python -m transform.generate"


def test_sources_columns_and_members_come_from_manifests_and_file_names(tmp_path: Path) -> None:
    platform, project = tmp_path / "platforms" / "acme", tmp_path / "project"
    platform.mkdir(parents=True)
    (platform / "manifest.yaml").write_text(MANIFEST)
    staging = project / "models" / "staging" / "acme"
    staging.mkdir(parents=True)
    (staging / "stg_acme__customers.sql").touch()
    (staging / "stg_acme__customers__companies.sql").touch()
    files = {path.name: text for path, text in generated(tmp_path / "platforms", project).items()}
    assert "'customers': 'id:string email:string'" in files["_acme.sql"]
    assert "'days': 'day:date country:string spend:decimal'" in files["_acme.sql"]
    assert "hidden" not in files["_acme.sql"] + files["_acme__sources.yml"]
    assert "https://acme.example/api/customers" in files["_acme__sources.yml"]
    assert "'stg_acme__customers',\n        'stg_acme__customers__companies'," in files["_acme.sql"]
    assert {path.name for path in stale(tmp_path / "platforms", project)} == set(files)
