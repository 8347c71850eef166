"""Several replicas on one PostgreSQL: what one does, what the others see of it, and what becomes of it when it dies."""
