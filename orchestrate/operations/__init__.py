"""What whoever runs EnGarde needs: logs, figures, traces, copies, and what is thrown away when."""
