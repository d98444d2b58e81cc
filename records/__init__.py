"""The system of record: SQLAlchemy tables and the functions that read and append to them."""
