"""What is known of links: observations folded into pages, links, lifelines and domains."""
