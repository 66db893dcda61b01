"""What the service takes and costs; `make load` prints the figures."""
