"""What vendors push: proved to come from them before anything of it is read."""
