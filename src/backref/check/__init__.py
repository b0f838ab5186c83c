"""Our own eyes: ask pages of the web politely, safely and within bounds. Network only, no store.

`Fetcher.fetch` asks for one page and always comes back with a `Fetched`; `schedule.fetch_all`
asks for many, one request at a time per registrable domain and hundreds of domains at once.
"""
