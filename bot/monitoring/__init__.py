"""Seeing it run: the figures, and beside them a dashboard (``grafana.json``) and alert rules (``alerts.yml``)."""
