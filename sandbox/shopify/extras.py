"""What hangs on many objects: metafields and pictures. Every product has one of each, nothing else has any.

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Metafield and .../MediaImage
"""

from __future__ import annotations

from sandbox.business.model import Product
from sandbox.shopify.connections import connection
from sandbox.shopify.filters import MEDIA
from sandbox.shopify.nodes import Field, Node, digits, made_up_id, moment

NO_METAFIELDS = connection([])


def product_metafields(item: Product) -> Field:
    """Return the metafields of a product: one, in which season it was taken on."""
    gid = made_up_id("Metafield", item.id, "season")
    month = int((moment(item.created) or "")[5:7])
    season: Node = {
        "__typename": "Metafield",
        "id": gid,
        "legacyResourceId": digits(gid),
        "createdAt": moment(item.created),
        "key": "season",
        "namespace": "custom",
        "ownerType": "PRODUCT",
        "type": "single_line_text_field",
        "updatedAt": moment(item.created),
        "value": ("winter", "spring", "summer", "autumn")[month % 12 // 3],
    }
    return connection([season])


def product_media(item: Product) -> Field:
    """Return the media of a product: one picture."""
    address = f"https://cdn.engarde.example/{item.handle}.jpg"
    image: Node = {"altText": item.title, "height": 900, "id": made_up_id("ImageSource", item.id), "url": address}
    picture: Node = {
        "__typename": "MediaImage",
        "id": made_up_id("MediaImage", item.id),
        "alt": item.title,
        "createdAt": moment(item.created),
        "fileStatus": "READY",
        "image": {**image, "width": 1200},
        "mediaContentType": "IMAGE",
        "mimeType": "image/jpeg",
        "status": "READY",
        "updatedAt": moment(item.created),
    }
    return connection([picture], MEDIA)
