"""Google Ads' errors (https://developers.google.com/google-ads/api/docs/best-practices/understand-api-errors)."""

from __future__ import annotations

from typing import Any

STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
SUMMARY = {
    400: "Request contains an invalid argument.",
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
}


class AdsError(Exception):
    """A request Google Ads refuses: HTTP status, and the group, code and message of its one error."""

    def __init__(self, status: int, group: str, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.group, self.code, self.message = status, group, code, message

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the error in Google's shape."""
        failure = {
            "@type": "type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure",
            "errors": [{"errorCode": {self.group: self.code}, "message": self.message}],
            "requestId": request_id,
        }
        return {
            "error": {
                "code": self.status,
                "message": SUMMARY[self.status],
                "status": STATUS[self.status],
                "details": [failure],
            }
        }


def query_error(code: str, message: str) -> AdsError:
    """Return the error for a query that cannot be answered."""
    return AdsError(400, "queryError", code, f"Error in query: {message}")
