"""The join: what each link is worth to search, the people it brought, and what is read of it."""
