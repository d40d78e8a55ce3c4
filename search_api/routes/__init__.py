"""Routes of the HTTP API that stand by themselves; `search_api.http` puts them together."""
