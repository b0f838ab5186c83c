"""Storage: catalogue, segments, engine. The only room that imports duckdb and sqlalchemy."""
