"""The dashboard and the API: one process that reads a store and shows it to a browser.

`app.create_app` puts it together; `reading` is what every handler asks, `guard` what every request
passes. `api/` answers programs, `pages/` people; both ask `faces.query` and never the lake.
"""
