"""tap-wordpress against a real WordPress on PHP's own server and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from taps.engine.errors import LoginRefused
from tests.databases.reading import read
from tests.wordpress import Site, wordpress_site

pytestmark = pytest.mark.real("wordpress")
_CONTENT = """
$post = wp_insert_post(['post_title' => 'Spring sale', 'post_content' => 'Boots', 'post_status' => 'publish', 'post_author' => 1]);
wp_update_post(['ID' => $post, 'post_content' => 'Boots and hats']);
wp_insert_term('News', 'category');
wp_insert_term('boots', 'post_tag');
wp_insert_comment(['comment_post_ID' => $post, 'comment_author_email' => 'ada@example.com', 'comment_content' => 'Nice', 'comment_approved' => 0]);
wp_insert_attachment(['post_title' => 'Boot', 'post_mime_type' => 'image/png'], 'boot.png', $post);
wp_insert_post(['post_title' => 'Reused', 'post_content' => '<p>x</p>', 'post_status' => 'publish', 'post_type' => 'wp_block']);
$menu = wp_create_nav_menu('Main');
wp_update_nav_menu_item($menu, 0, ['menu-item-title' => 'Home', 'menu-item-url' => 'https://example.com/', 'menu-item-status' => 'publish']);
for ($at = 0; $at < 230; $at++) { wp_insert_post(['post_title' => "Number $at", 'post_status' => $at % 2 ? 'draft' : 'publish']); }
sleep(2);  // the present second is not read yet
echo $post;
"""  # noqa: E501


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with wordpress_site() as site:
        yield site


@pytest.fixture(scope="module")
def post(site: Site) -> int:
    return int(site.run(_CONTENT))


def config(site: Site, **more: Any) -> dict[str, Any]:
    login = {"site_url": site.url, "username": "editor", "application_password": site.password}
    return {**login, "allow_insecure": True, **more}


def test_everything_on_a_site_is_read_and_nothing_is_undeclared(site: Site, post: int) -> None:
    found = read("wordpress", config(site))
    assert found.errors == {}
    posts = {record["id"]: record for record in found.records("posts")}
    assert len(posts) == 232
    assert posts[post]["content"]["raw"] == "Boots and hats"
    assert [record["post_id"] for record in found.records("post_revisions") if record["post_id"] == post] == [post]
    (comment,) = [record for record in found.records("comments") if record["post"] == post]
    assert (comment["status"], comment["author_email"]) == ("hold", "ada@example.com")
    read_streams = {"pages", "media", "blocks", "users", "categories", "tags", "menus", "menu_items", "taxonomies"}
    assert {name for name in read_streams | {"types", "statuses"} if found.counts[name] == 0} == set()
    (user,) = found.records("users")
    assert (user["email"], user["roles"]) == ("editor@example.com", ["administrator"])
    extras = {
        m["stream"]: m["record"]["_extra"] for m in found.messages if m["type"] == "RECORD" and m["record"]["_extra"]
    }
    assert extras == {}


def test_later_runs_read_what_changed_and_the_trash_shows(site: Site, post: int) -> None:
    first = read("wordpress", config(site))
    quiet = read("wordpress", config(site), state=first.state)
    site.run(f"wp_trash_post({post}); sleep(2);")  # the present second is not read yet
    second = read("wordpress", config(site), state=quiet.state)
    trashed = [record for record in second.records("posts") if record["id"] == post]
    assert [record["status"] for record in trashed] == ["trash"]
    assert second.counts["posts"] < 232
    site.run(f"wp_untrash_post({post}); wp_publish_post({post});")


def test_a_wrong_password_is_one_clear_line(site: Site) -> None:
    with pytest.raises(LoginRefused) as refused:
        read("wordpress", config(site, application_password="wrong"))
    assert "wrong" not in str(refused.value)
