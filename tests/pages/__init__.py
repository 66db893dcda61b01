"""The pages in a real browser, apart from `make test`: `make pages-test` installs what they need."""
